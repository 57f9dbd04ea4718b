// SPDX-License-Identifier: Apache-2.0
#include "core/observe/run_view.hpp"

#include <utility>

namespace weir::core::observe {

RunFacts facts_of(const Graph& graph, std::string version, int pid, Timestamp started) {
  RunFacts facts{graph.name, std::move(version), pid, started, {}};
  for (const GraphNode& node : graph.nodes) {
    RunFacts::Node known{
        node.name, node.plugin, std::string(to_string(node.description->kind)), {}, {}};
    for (const PortDescription& port : node.description->outputs) {
      known.outputs.push_back(port.name);
    }
    for (const GraphInput& input : node.inputs) {
      const GraphNode& from = graph.nodes[input.node];
      const auto& ports = from.description->outputs;
      known.inputs.push_back({from.name, ports.size() > 1 ? ports[input.port].name : ""});
    }
    facts.nodes.push_back(std::move(known));
  }
  return facts;
}

}  // namespace weir::core::observe
