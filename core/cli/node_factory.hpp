// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Makes the nodes of a graph.

#include "core/forecast/model_node.hpp"
#include "core/graph/graph.hpp"
#include "core/runtime/run_options.hpp"

namespace weir::core::cli {

/// Plugins' behind the C boundary, models in the harness. Keeps the names of the graph, not it.
[[nodiscard]] runtime::Factory make_factory(const Graph& graph, ForecastListener listener,
                                            ModelMaker maker);

}  // namespace weir::core::cli
