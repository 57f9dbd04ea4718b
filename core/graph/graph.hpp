// SPDX-License-Identifier: Apache-2.0
#pragma once
/// A pipeline that has been checked: nodes with typed options, edges with numbered ports, no cycle.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/config/problem.hpp"
#include "core/graph/option_values.hpp"
#include "core/plugin/description.hpp"
#include "weir/abi.h"
#include "weir/units.hpp"

namespace weir::core {

enum class WhenFull : std::uint8_t { block, drop_oldest };
enum class Isolation : std::uint8_t { none, process };

/// `buffer`: what a sink keeps while its server is away. In memory it is the queue in front of the
/// sink, on disk a log that outlives the program.
struct BufferSettings {
  enum class Type : std::uint8_t { memory, disk };
  Type type = Type::memory;
  Bytes max_size{0};
  WhenFull when_full = WhenFull::block;
  bool operator==(const BufferSettings&) const = default;
};

/// Keys that the engine itself takes on a node, beside the plugin's options.
struct NodeSettings {
  Bytes queue{4 << 20};                    ///< `queue`: bytes that wait in front of the node
  WhenFull when_full = WhenFull::block;    ///< `when_full`: block | drop_oldest
  Duration flush_interval{1'000'000'000};  ///< `flush_interval`: sinks, longest wait for a flush
  Duration idle_timeout{
      5'000'000'000};  ///< `idle_timeout`: joins, when an idle input stops holding the others
  std::optional<BufferSettings> buffer;   ///< `buffer`: sinks
  Isolation isolation = Isolation::none;  ///< `isolation`: none | process
  Bytes memory_limit{0};                  ///< `memory_limit`: of an isolated node; 0: none
  std::int64_t open_files = 0;            ///< `open_files`: of an isolated node; 0: none
  Duration call_limit{30'000'000'000};    ///< `call_limit`: of an isolated node, then it hangs
  bool operator==(const NodeSettings&) const = default;
};

/// A node of the pipeline's author, or one end of a disk buffer (core/buffers).
enum class NodeRole : std::uint8_t { ordinary, buffer, replay };

/// What feeds a node; its place in GraphNode::inputs is weir_batch.port.
struct GraphInput {
  std::size_t node = 0;    ///< index in Graph::nodes
  std::uint32_t port = 0;  ///< of that node's outputs
};

struct GraphNode {
  std::string name;
  std::string plugin;                    ///< as the file names it, for example "icmp-source"
  config::Place place;                   ///< of the node's name in the file
  const weir_node_type* type = nullptr;  ///< null: only validated, its library was not loaded
  std::filesystem::path library;         ///< that holds the plugin
  std::shared_ptr<const NodeDescription>
      description;  ///< models: with the harness's options and ports
  OptionValues
      options;  ///< preset, then what the file gives; defaults are the plugin's own business
  NodeSettings settings;
  std::vector<GraphInput> inputs;
  NodeRole role = NodeRole::ordinary;
};

struct Graph {
  std::string name;  ///< file name without folder and extension
  std::string description;
  std::optional<Duration>
      run_for;                   ///< `for`: all sources end after it, as if their input had ended
  std::vector<GraphNode> nodes;  ///< in an order in which each comes after what feeds it
};

/// "ping.out": what feeds an input.
[[nodiscard]] inline std::string port_name(const Graph& graph, const GraphInput& input) {
  const GraphNode& from = graph.nodes[input.node];
  return from.name + "." + from.description->outputs[input.port].name;
}

}  // namespace weir::core
