// SPDX-License-Identifier: Apache-2.0
#pragma once
/// What a run is given and what it gives back.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/graph/graph.hpp"
#include "core/plugin/node_instance.hpp"
#include "core/runtime/call.hpp"
#include "core/runtime/clock.hpp"
#include "core/runtime/stats.hpp"
#include "core/runtime/tap.hpp"
#include "core/state/state_store.hpp"
#include "weir/abi.h"

namespace weir::core::runtime {

class Executor;

/// Makes the instance of a node, at the start and at each restart, on any thread. The host lives
/// until the instance is destroyed. May throw as NodeInstance::open.
using Factory =
    std::function<std::unique_ptr<NodeInstance>(const GraphNode& node, const weir_host& host)>;

/// Takes one line; any thread, never two calls at a time. `node` is empty for the engine itself.
using LogSink = std::function<void(Level level, std::string_view node, std::string_view text)>;

/// One call that has returned.
struct TraceEvent {
  std::string_view node;
  CallKind call = CallKind::open;
  Timestamp time;
  std::size_t rows = 0;  ///< in
  std::size_t emitted_rows = 0;
  Outcome::Result result = Outcome::Result::done;
};

struct RunOptions {
  std::shared_ptr<Clock> clock;               ///< null: the system's
  std::shared_ptr<Executor> executor;         ///< null: threads
  std::optional<Duration> run_for;            ///< `--for`: all sources end then, finish(ended)
  Duration grace = std::chrono::seconds{10};  ///< from a stop request to giving up
  Bytes memory_limit{256 << 20};          ///< of all queues together, before an edge may not grow
  std::filesystem::path dead_letter_dir;  ///< empty: dead letters are only counted
  Bytes dead_letter_limit{64 << 20};      ///< of each node's file
  std::optional<std::uint64_t> seed;      ///< of jitter; none: a random one
  LogSink log;
  std::shared_ptr<StateStore> state;  ///< of nodes, over restarts and runs; null: none is kept
  Duration state_interval = std::chrono::seconds{60};  ///< how old a saved state may become
  /// Extensions that nodes may ask the engine for; may be empty.
  std::function<const void*(const std::string& node, const char* extension)> query;
  /// Called in the order in which calls return, never two at a time; may be empty.
  std::function<void(const TraceEvent&)> trace;
  std::shared_ptr<Taps> taps;  ///< who looks at what leaves nodes; null: nobody can
};

struct RunResult {
  int exit_code = 0;  ///< 0 done, 1 a node failed for good or the run could not go on, 130 stopped
  bool interrupted = false;          ///< a stop was requested
  std::vector<std::string> reasons;  ///< of an exit code that is not 0; one line each
  Snapshot stats;
  /// Nodes that were still in a call when the run gave up on them. Their threads live on: leave the
  /// process with std::_Exit.
  std::vector<std::string> abandoned;
};

}  // namespace weir::core::runtime
