// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Nodes that fail by seed. What they hold and what they gave is written to the ledger only when
/// their call has succeeded, as the engine promises to see it.

#include <memory>
#include <random>

#include "core/plugin/node_instance.hpp"
#include "tests/simulation/buffer_ledger.hpp"
#include "tests/simulation/ledger.hpp"
#include "tests/simulation/plan.hpp"

namespace weir::simulation {

/// What one node has besides its instances, which come and go.
struct NodeWorld {
  const NodePlan* plan = nullptr;
  std::size_t index = 0;
  std::mt19937_64 random;
  NodeLedger ledger;        ///< of this life
  std::int64_t next = 0;    ///< a source: the row that it gives next
  Server server;            ///< a sink: behind it; outlives the engine
  BufferLedger buffer;      ///< of a sink that has one on disk; outlives the engine, too
  std::size_t largest = 0;  ///< bytes of the largest batch that it gave
  Timestamp world_start;    ///< outages count from it
};

[[nodiscard]] std::unique_ptr<core::NodeInstance> make_node(NodeWorld& world,
                                                            const weir_host& host);

}  // namespace weir::simulation
