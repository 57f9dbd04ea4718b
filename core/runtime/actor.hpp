// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The state of a node in a run.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/graph/graph.hpp"
#include "core/plugin/crash_window.hpp"
#include "core/plugin/node_instance.hpp"
#include "core/runtime/backoff.hpp"
#include "core/runtime/call.hpp"
#include "core/runtime/edge.hpp"
#include "core/runtime/host_services.hpp"
#include "core/runtime/stats.hpp"
#include "core/runtime/ticket.hpp"

namespace weir::core::runtime {

/// A moment on the pipeline's clock that somebody waits for. The deadline is monotonic, so that a
/// clock that is set back by an hour does not make anyone wait for an hour.
struct Timer {
  Timestamp wish;
  Duration deadline{0};
};

/// Guarded by the engine's lock, but for `instance` and `host`: they belong to the thread that
/// makes the node's call while `busy`.
struct Actor {
  enum class Phase : std::uint8_t { running, finished, dead };

  // What it is.
  std::size_t index = 0;
  const GraphNode* node = nullptr;
  bool source = false;
  bool live = false;  ///< a live source
  bool sink = false;
  Actor* replay = nullptr;    ///< of a buffer: who reads what it writes
  Actor* fed_from = nullptr;  ///< of a sink behind a disk buffer: who feeds it
  bool flushes = false;       ///< what a sink took in counts as stored only after its next flush
  bool holds = false;         ///< what it emits may come of inputs of earlier calls
  Order order = Order::any;
  std::vector<Edge*> inputs;
  std::vector<std::vector<Edge*>> outputs;  ///< by port
  std::vector<Edge*> out_edges;             ///< all of them

  // Where it stands.
  std::unique_ptr<HostServices> host;  ///< outlives the instance
  std::unique_ptr<NodeInstance> instance;
  Phase phase = Phase::running;
  bool busy = false;
  CallKind call = CallKind::open;
  Duration call_since{0};
  bool reopen = false;     ///< the instance must be made anew before anything else
  Duration not_before{0};  ///< no call before (monotonic): retry or restart
  std::optional<Timer> wake;

  // A source: when to call produce again.
  Duration resume{0};
  int fd = -1;
  bool fd_ready = false;
  bool ending = false;        ///< it is to finish
  bool acknowledges = false;  ///< its instance wants to hear of its tokens
  TicketBook tickets;

  // A node with inputs.
  std::vector<bool> told_end;  ///< by input: end_input has been called
  std::deque<Call> redo;       ///< process calls that have to be made (again), before anything new
  std::shared_ptr<HeldTicket> owed;  ///< of a node that holds rows

  // Its state (engine_state.cpp).
  bool keeps_state = false;         ///< its instance has weir.state/1, and the run has a store
  bool begins_anew = false;         ///< it must not go on from what an earlier run saved
  bool resumed = false;             ///< it went on from there
  bool saved = false;               ///< in this run
  bool tracked = false;             ///< it has taken in rows that carry tickets
  bool torn = false;                ///< it lost such rows: what was saved before stands
  std::optional<Duration> changed;  ///< since its last copy: when the next one is due
  std::deque<std::shared_ptr<StateCopy>> copies;  ///< not yet in the store
  bool save_trouble = false;                      ///< told

  // A sink: what it has taken in since its last flush, to be given again if it fails.
  std::deque<Call> unflushed;
  std::size_t unflushed_bytes = 0;
  std::optional<Duration> last_flush;
  bool careful = false;  ///< a flush failed: one batch a flush, to find the bad one

  // Trouble.
  RetryBackoff retry;
  Duration retrying_since{0};
  CallKind retried = CallKind::open;
  RestartBackoff restart;
  CrashWindow crashes;       ///< of an isolated node's process
  bool quarantined = false;  ///< it crashed too often
  int failures_in_row = 0;   ///< without one success
  int call_failures = 0;     ///< of a call that holds no batch

  Duration drop_warning{Duration::min() / 2};
  NodeStats stats;

  [[nodiscard]] bool over() const { return phase != Phase::running; }
  /// It reads what the engine itself keeps on disk.
  [[nodiscard]] bool replays() const { return node->role == NodeRole::replay; }
  /// Rows that it has not dealt with and nobody can give again.
  [[nodiscard]] std::size_t rows_at_risk() const;
};

/// What a node can do at a moment.
struct Decision {
  enum class State : std::uint8_t {
    over,     ///< finished or dead
    busy,     ///< in a call
    delayed,  ///< retry or restart at `wake`
    waiting,  ///< a source, until `wake` or its fd
    blocked,  ///< an output edge holds it up
    starved,  ///< its inputs have nothing for it
    run       ///< call
  };
  State state = State::over;
  CallKind call = CallKind::open;
  std::uint32_t input = 0;
  bool again = false;  ///< process: the front of `redo`, not of the input's queue
  /// Monotonic; when it may change by itself. The past for `run`: a thread that looks once more
  /// before it sleeps, and finds that the time has come meanwhile, must not sleep.
  Duration wake = Duration::max();
};

/// Pure; `now` is monotonic.
[[nodiscard]] Decision decide(const Actor& actor, Duration now);

/// A flush is due when 1 MiB waits for it, or `flush_interval` has passed since the last one (a
/// busy sink too: it is the longest that rows wait), or at once if there was none yet.
inline constexpr std::size_t flush_bytes = std::size_t{1} << 20U;

}  // namespace weir::core::runtime
