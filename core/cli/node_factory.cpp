// SPDX-License-Identifier: Apache-2.0
#include "core/cli/node_factory.hpp"

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/isolation/isolated_model.hpp"
#include "core/isolation/isolated_node.hpp"
#include "core/plugin/plugin_node.hpp"

namespace weir::core::cli {
namespace {

ModelMaker isolated_maker(const ModelFinder& finder, const KeptByKey& kept) {
  return [finder, kept, crashes = std::make_shared<ModelCrashes>()](const GraphNode& node,
                                                                    const weir_host& host) {
    return create_isolated_model(node, host, finder, crashes, kept);
  };
}

}  // namespace

runtime::Factory make_factory(const Graph& graph, ForecastListener listener, ModelFinder finder,
                              const KeptDescriptors* kept) {
  std::map<std::string, std::vector<InputName>> names;
  for (const GraphNode& node : graph.nodes) {
    for (const GraphInput& input : node.inputs) {
      const GraphNode& from = graph.nodes[input.node];
      names[node.name].push_back({from.name, from.description->outputs[input.port].name});
    }
  }
  return [names = std::move(names), listener = std::move(listener), finder = std::move(finder),
          kept](const GraphNode& node, const weir_host& host) -> std::unique_ptr<NodeInstance> {
    const bool isolated = kept != nullptr && node.settings.isolation == Isolation::process;
    if (node.description->kind == Kind::model) {
      return create_model_node(
          node, host, listener, finder,
          isolated ? isolated_maker(finder, kept->of(node.name)) : make_plugin_model);
    }
    const auto named = names.find(node.name);
    const std::vector<InputName> inputs =
        named == names.end() ? std::vector<InputName>{} : named->second;
    if (isolated) return create_isolated_node(node, host, inputs, kept->of(node.name));
    return create_plugin_node(*node.type, node.description, host, node.name, node.options, inputs);
  };
}

}  // namespace weir::core::cli
