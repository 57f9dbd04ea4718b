// SPDX-License-Identifier: Apache-2.0
#pragma once
/// `isolation: process`: a node whose plugin runs in a process of its own.

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/graph/graph.hpp"
#include "core/plugin/node_instance.hpp"
#include "core/plugin/plugin_node.hpp"
#include "weir/abi.h"

namespace weir::core {

struct IsolationSettings {
  std::filesystem::path program = "/proc/self/exe";  ///< whose `isolated-node` is the child
  bool system_clock = true;                          ///< the run goes by the system's clock
};

/// What was opened with rights, by key; lent.
using KeptByKey = std::map<std::string, int, std::less<>>;

/// Starts the process and creates the node in it. `node` has a library and its type. `host` must
/// outlive the instance. Throws as create_plugin_node, and NodeCrashed as every call of the
/// instance may: the process has ended, or was ended because the call took longer than
/// `call_limit`.
[[nodiscard]] std::unique_ptr<NodeInstance> create_isolated_node(
    const GraphNode& node, const weir_host& host, const std::vector<InputName>& inputs,
    const KeptByKey& kept, const IsolationSettings& settings = {});

}  // namespace weir::core
