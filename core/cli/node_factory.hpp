// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Makes the nodes of a graph.

#include "core/forecast/model_node.hpp"
#include "core/graph/graph.hpp"
#include "core/privileges/kept.hpp"
#include "core/runtime/run_options.hpp"

namespace weir::core::cli {

/// Plugins' behind the C boundary, models in the harness, isolated ones in a process of their own.
/// Keeps the names of the graph, not it. `finder` is for models that ask for others. `kept` goes to
/// the isolated ones and must outlive the factory; null: no node gets a process of its own.
[[nodiscard]] runtime::Factory make_factory(const Graph& graph, ForecastListener listener,
                                            ModelFinder finder,
                                            const KeptDescriptors* kept = nullptr);

}  // namespace weir::core::cli
