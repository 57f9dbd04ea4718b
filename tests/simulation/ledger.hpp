// SPDX-License-Identifier: Apache-2.0
#pragma once
/// What the simulated nodes and servers know for certain, row by row. The engine's own counts are
/// held against it.

#include <cstdint>
#include <map>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "weir/batch.hpp"

namespace weir::simulation {

/// A row is its source's number, its series and its place in the source, in one.
using Id = std::int64_t;
inline constexpr Id ids_of_a_source = 1'000'000;

/// How often each row was seen.
using Rows = std::unordered_map<Id, std::uint32_t>;

/// Of one node, in one life of the engine.
struct NodeLedger {
  Rows given;    ///< that calls which succeeded gave on port `out`
  Rows refused;  ///< the same on port `rejected`
  Rows taken;    ///< by process calls that succeeded, each call once
  Rows acked;    ///< a sink: flushed
  Rows held;     ///< a holding transform: what it has not given yet
  std::map<std::uint32_t, std::vector<Id>> order;  ///< of taken, by input
};

/// What outlives the engine.
struct Server {
  std::unordered_set<Id> stored;  ///< what the server of a sink has, also by half-done flushes
};

[[nodiscard]] std::vector<Id> ids_of(const Batch& batch);
[[nodiscard]] Batch batch_of(std::size_t source, std::int64_t series, const std::vector<Id>& ids);
void add(Rows& rows, const std::vector<Id>& ids);

}  // namespace weir::simulation
