// SPDX-License-Identifier: Apache-2.0
#include "core/cli/node_factory.hpp"

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/isolation/isolated_node.hpp"
#include "core/plugin/plugin_node.hpp"

namespace weir::core::cli {

runtime::Factory make_factory(const Graph& graph, ForecastListener listener, ModelMaker maker,
                              const KeptDescriptors* kept) {
  std::map<std::string, std::vector<InputName>> names;
  for (const GraphNode& node : graph.nodes) {
    for (const GraphInput& input : node.inputs) {
      const GraphNode& from = graph.nodes[input.node];
      names[node.name].push_back({from.name, from.description->outputs[input.port].name});
    }
  }
  return [names = std::move(names), listener = std::move(listener), maker = std::move(maker), kept](
             const GraphNode& node, const weir_host& host) -> std::unique_ptr<NodeInstance> {
    if (node.description->kind == Kind::model)
      return create_model_node(node, host, listener, maker);
    const auto named = names.find(node.name);
    const std::vector<InputName> inputs =
        named == names.end() ? std::vector<InputName>{} : named->second;
    if (kept != nullptr && node.settings.isolation == Isolation::process)
      return create_isolated_node(node, host, inputs, kept->of(node.name));
    return create_plugin_node(*node.type, node.description, host, node.name, node.options, inputs);
  };
}

}  // namespace weir::core::cli
