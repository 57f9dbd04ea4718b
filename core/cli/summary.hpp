// SPDX-License-Identifier: Apache-2.0
#pragma once
/// What a run says at its end.

#include <map>
#include <string>
#include <vector>

#include "core/forecast/forecaster.hpp"
#include "core/graph/graph.hpp"
#include "core/runtime/run_options.hpp"

namespace weir::core::cli {

/// Evaluations by the name of the model's node.
using Judgements = std::map<std::string, std::vector<Evaluation>>;

/// Per model and target: data points, range, average; errors and skill; epochs, samples. Of more
/// than two models of one target a table, the best first.
[[nodiscard]] std::string forecast_summary(const Judgements& judgements);

/// Per node: rows in and out, and all that did not go well; then where results lie.
[[nodiscard]] std::string run_summary(const Graph& graph, const runtime::Snapshot& stats,
                                      const std::string& dead_letters);

}  // namespace weir::core::cli
