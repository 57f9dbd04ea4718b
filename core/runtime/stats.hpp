// SPDX-License-Identifier: Apache-2.0
#pragma once
/// What the engine counts. A snapshot; rows and bytes are totals since the start.

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "weir/units.hpp"

namespace weir::core::runtime {

struct NodeStats {
  std::string name;
  /// running | waiting | blocked | retrying | restarting | finished | failed | quarantined
  std::string state;
  std::uint64_t rows_in = 0;
  std::uint64_t batches_in = 0;
  std::uint64_t bytes_in = 0;
  std::uint64_t rows_out = 0;
  std::uint64_t batches_out = 0;
  std::uint64_t bytes_out = 0;
  std::uint64_t calls = 0;
  Duration busy{0};                ///< in calls that have returned
  std::uint64_t dropped_rows = 0;  ///< in front of the node, because its queue was full
  std::uint64_t retries = 0;
  std::uint64_t restarts = 0;
  std::uint64_t errors = 0;
  std::uint64_t rejected_rows =
      0;  ///< dead letters: port `rejected`, Rejected, poison, a dead node
  std::uint64_t unrouted_rows = 0;  ///< emitted on a port (not `rejected`) that no edge takes
  /// Not dealt with, because the node had failed for good or was taken out. A source or a buffer
  /// that can give them again does so in the next run.
  std::uint64_t discarded_rows = 0;
  std::size_t queued_bytes = 0;  ///< waiting in front of the node
  std::size_t queue_capacity = 0;
  std::map<std::string, std::uint64_t> counters;  ///< what the node itself counts
  std::string failure;                            ///< why it failed for good; empty: it did not
  /// The call that is going on: its name and the monotonic time at which it began. For a watchdog.
  std::string_view call;
  Duration call_since{0};
  /// Log lines and counts of the node itself, and waits that it asked for: while it grows, a call
  /// that takes long does not hang.
  std::uint64_t signs_of_life = 0;
  bool waits = false;          ///< the call waits for a time that the node asked for
  std::string trouble;         ///< what the newest call that did not succeed said; empty: none yet
  Duration trouble_at{0};      ///< monotonic, of `trouble`
  Duration retrying_since{0};  ///< monotonic; 0: it does not retry
};

struct EdgeStats {
  std::string name;  ///< "uplink.out -> grid"
  std::size_t bytes = 0;
  std::size_t batches = 0;
  std::size_t capacity = 0;
  std::size_t peak_bytes = 0;
  std::uint64_t dropped_rows = 0;
};

struct Snapshot {
  std::string_view stage = "starting";  ///< starting | running | stopping
  Duration now{0};                      ///< monotonic, when it was taken
  std::vector<NodeStats> nodes;         ///< in the order of Graph::nodes
  std::vector<EdgeStats> edges;
};

}  // namespace weir::core::runtime
