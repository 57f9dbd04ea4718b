// SPDX-License-Identifier: Apache-2.0
#include "core/buffers/buffered_graph.hpp"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

namespace weir::core::buffers {
namespace {

// Longest time before rows are on disk, where there are few: a compromise between what a power cut
// costs and what a memory card bears.
constexpr Duration sync_interval = std::chrono::milliseconds{200};

bool has_disk_buffer(const GraphNode& node) {
  return node.settings.buffer && node.settings.buffer->type == BufferSettings::Type::disk;
}

GraphNode writer_of(const GraphNode& sink, std::vector<GraphInput> inputs) {
  auto description = std::make_shared<NodeDescription>();
  description->name = "disk-buffer";
  description->kind = Kind::sink;
  description->order = sink.description->order;
  description->min_inputs = description->max_inputs = inputs.size();
  GraphNode node;
  node.name = sink.name + ".buffer";
  node.plugin = description->name;
  node.place = sink.place;
  node.role = NodeRole::buffer;
  node.settings = sink.settings;
  node.settings.flush_interval = std::min(sink.settings.flush_interval, sync_interval);
  node.inputs = std::move(inputs);
  node.description = std::move(description);
  return node;
}

GraphNode reader_of(const GraphNode& sink, const Graph& graph) {
  auto description = std::make_shared<NodeDescription>();
  description->name = "disk-replay";
  description->kind = Kind::source;
  description->max_inputs = 0;
  for (const GraphInput& input : sink.inputs)
    description->outputs.push_back({port_name(graph, input), {}});
  GraphNode node;
  node.name = sink.name + ".replay";
  node.plugin = description->name;
  node.place = sink.place;
  node.role = NodeRole::replay;
  node.settings = sink.settings;
  node.description = std::move(description);
  return node;
}

/// What waits in its buffer comes in the order in which that took it in. To ask for another could
/// be to wait for rows that a full buffer cannot take.
std::shared_ptr<const NodeDescription> in_any_order(const NodeDescription& given) {
  auto description = std::make_shared<NodeDescription>(given);
  description->order = Order::any;
  return description;
}

}  // namespace

Graph with_buffers(const Graph& graph) {
  Graph buffered = graph;
  buffered.nodes.clear();
  std::vector<std::size_t> now_at;
  for (const GraphNode& given : graph.nodes) {
    GraphNode node = given;
    for (GraphInput& input : node.inputs) input.node = now_at[input.node];
    if (has_disk_buffer(given)) {
      buffered.nodes.push_back(writer_of(given, std::move(node.inputs)));
      buffered.nodes.push_back(reader_of(given, graph));
      const std::size_t reader = buffered.nodes.size() - 1;
      node.inputs.clear();
      for (std::uint32_t port = 0; port < given.inputs.size(); ++port)
        node.inputs.push_back({reader, port});
      node.description = in_any_order(*given.description);
      // It waits for the disk, which loses nothing.
      node.settings.when_full = WhenFull::block;
    }
    now_at.push_back(buffered.nodes.size());
    buffered.nodes.push_back(std::move(node));
  }
  return buffered;
}

}  // namespace weir::core::buffers
