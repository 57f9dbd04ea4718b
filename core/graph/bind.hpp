// SPDX-License-Identifier: Apache-2.0
#pragma once
/// From a parsed pipeline file to a checked graph.

#include "core/config/document.hpp"
#include "core/config/problem.hpp"
#include "core/graph/graph.hpp"
#include "core/plugin/registry.hpp"

namespace weir::core {

/// Checks everything that can be known before the start and reports all of it to `problems`, each
/// at its place; never throws for bad input. The graph may be run only if problems.has_errors() is
/// false afterwards (`problems` may hold errors from reading the file already). `harness`: the
/// options and ports that every model has besides its own. Values of secrets are in no message.
[[nodiscard]] Graph bind(const config::Document& document, PluginLookup& plugins,
                         const NodeDescription& harness, config::Problems& problems);

}  // namespace weir::core
