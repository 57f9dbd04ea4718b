// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The harness as a node: gathers rows, learns, judges, forecasts, keeps the model's file.

#include <functional>
#include <memory>
#include <string>

#include "core/forecast/forecaster.hpp"
#include "core/forecast/other_models.hpp"
#include "core/graph/graph.hpp"
#include "core/plugin/node_instance.hpp"

namespace weir::core {

/// What a live model asks its engine for. Answered with anything but null, it learns within the
/// call that begins to, not beside it: in virtual time there is no meanwhile.
inline constexpr const char* learn_at_once_extension = "weir.learn_at_once/1";

/// Who is told of what a model does; both may be empty.
struct ForecastListener {
  std::function<void(const std::string& node, const EpochRecord&)> epoch;
  std::function<void(const std::string& node, const std::vector<Evaluation>&)> judged;
};

/// Makes the model of a node; a fit in the background has one of its own. Any thread.
using ModelMaker =
    std::function<std::unique_ptr<ModelInstance>(const GraphNode& node, const weir_host& host)>;

/// Of the plugin in this process.
[[nodiscard]] std::unique_ptr<ModelInstance> make_plugin_model(const GraphNode& node,
                                                               const weir_host& host);

/// `node` is of kind model with a loaded type; `host` must outlive the instance.
/// `finder` finds the models that this one asks for.
[[nodiscard]] std::unique_ptr<NodeInstance> create_model_node(const GraphNode& node,
                                                              const weir_host& host,
                                                              ForecastListener listener,
                                                              ModelFinder finder,
                                                              ModelMaker maker = make_plugin_model);

}  // namespace weir::core
