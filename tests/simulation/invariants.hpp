// SPDX-License-Identifier: Apache-2.0
#pragma once
/// What must hold, whatever the seed did.

#include <map>
#include <string>
#include <vector>

#include "core/runtime/run_options.hpp"
#include "tests/simulation/nodes.hpp"

namespace weir::simulation {

/// One life of the engine that came to an end of its own (not by a crash).
struct Life {
  const Plan& plan;
  const std::vector<NodeWorld>& worlds;
  const core::runtime::RunResult& result;
  const std::map<std::string, Rows>& letters;  ///< dead letters of this life, by node
  bool forced = false;                         ///< stopped twice, or out of grace
  std::size_t largest_parcel = 0;              ///< bytes
  std::size_t memory_limit = 0;
};

/// Per node: given to it = taken + dropped + discarded + dead letters + said to be lost; of a sink,
/// taken is what it flushed, of one with a disk buffer what the buffer's writer flushed; of a
/// transform, taken = given on + refused + held. Dead letters on disk = those counted. Order per
/// source and input. Queues bounded, and empty after a clean end. Nothing stuck. Each broken one is
/// a line.
[[nodiscard]] std::vector<std::string> check_life(const Life& life);

/// What the node's own sink has acknowledged is on its server.
[[nodiscard]] std::vector<std::string> check_acknowledged(const std::vector<NodeWorld>& worlds);

/// The node that takes rows in for it: of a sink with a disk buffer, the buffer's writer.
[[nodiscard]] std::string entrance(const NodePlan& node);
[[nodiscard]] const core::runtime::NodeStats& stats_of(const core::runtime::RunResult& result,
                                                       const std::string& node);

/// Rows that were given to a node and neither taken nor kept aside: dropped, discarded or lost.
/// What a disk buffer has called durable is taken.
[[nodiscard]] Rows gone(const Plan& plan, const std::vector<NodeWorld>& worlds, std::size_t node,
                        const std::map<std::string, Rows>& letters);

/// The sources whose rows reach a node.
[[nodiscard]] std::vector<std::size_t> sources_of(const Plan& plan, std::size_t node);

}  // namespace weir::simulation
