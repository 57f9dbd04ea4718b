// SPDX-License-Identifier: Apache-2.0
#pragma once
/// A graph as text for people and for drawing tools.

#include <string>

#include "core/graph/graph.hpp"

namespace weir::core {

/// A tree per source; a node that several nodes feed is drawn once and referred to afterwards.
[[nodiscard]] std::string to_text_tree(const Graph& graph);
/// The language of Graphviz.
[[nodiscard]] std::string to_dot(const Graph& graph);
/// The language of Mermaid (flowchart).
[[nodiscard]] std::string to_mermaid(const Graph& graph);

}  // namespace weir::core
