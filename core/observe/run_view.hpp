// SPDX-License-Identifier: Apache-2.0
#pragma once
/// All that there is to say about a run at one moment: what metrics, health and `weir top` are made
/// of.

#include <cstdint>
#include <string>
#include <vector>

#include "core/graph/graph.hpp"
#include "core/observe/process_stats.hpp"
#include "core/observe/recent_losses.hpp"
#include "core/observe/watchdog.hpp"
#include "core/runtime/stats.hpp"
#include "weir/units.hpp"

namespace weir::core::observe {

/// What does not change while a graph runs. No option's value is among it, so no secret is either.
struct RunFacts {
  struct Input {
    std::string node;
    std::string port;  ///< empty: the only output of that node
  };
  struct Node {
    std::string name;
    std::string plugin;
    std::string kind;
    std::vector<std::string> outputs;
    std::vector<Input> inputs;
  };
  std::string pipeline;
  std::string version;
  int pid = 0;
  Timestamp started;
  std::vector<Node> nodes;
};

[[nodiscard]] RunFacts facts_of(const Graph& graph, std::string version, int pid,
                                Timestamp started);

struct RunView {
  RunFacts facts;
  runtime::Snapshot snapshot;
  std::vector<Hang> hangs;
  std::vector<Loss> losses;
  ProcessStats process;
};

}  // namespace weir::core::observe
