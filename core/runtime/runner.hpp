// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Runs a pipeline from its first call to its last.
///
///   Runner runner(graph, factory, options);
///   // a signal handler or signalfd loop calls runner.request_stop()
///   const RunResult result = runner.run();

#include <memory>
#include <mutex>
#include <optional>

#include "core/graph/graph.hpp"
#include "core/runtime/run_options.hpp"
#include "core/runtime/stats.hpp"

namespace weir::core::runtime {

class Engine;
struct GraphChange;
struct World;

class Runner {
 public:
  Runner(Graph graph, Factory factory, RunOptions options);
  Runner(const Runner&) = delete;
  Runner& operator=(const Runner&) = delete;
  ~Runner();

  /// Blocks until the pipeline has ended or was stopped. Once. Nodes are created and opened on this
  /// thread before any other is started.
  [[nodiscard]] RunResult run();

  /// The first request ends sources and drains within the grace; the second ends the run at once.
  /// Any thread, before or during run(); async-signal-safe.
  void request_stop() noexcept;

  /// Puts another pipeline in place: the thread of run() does it as soon as the calls that go on
  /// have returned. Nodes that are the same in both go on with all that they hold; a source that
  /// has ended stays ended. Returns what differs; where nothing does, nothing is done. A request
  /// that comes before an earlier one was carried out replaces it. Any thread.
  GraphChange request_reload(Graph graph, Factory factory);

  /// The pipeline that runs now. Any thread.
  [[nodiscard]] Graph graph() const;

  /// What was counted so far. Any thread.
  [[nodiscard]] Snapshot snapshot() const;

  /// Asks the thread of run() for a sign of life and returns how many it has given so far: if the
  /// number has not grown until the next call, the thread hangs. Any thread.
  [[nodiscard]] std::uint64_t pulse() noexcept;

 private:
  struct Wish {
    Graph graph;
    Factory factory;
  };
  [[nodiscard]] std::shared_ptr<Engine> engine() const;
  [[nodiscard]] bool reload();

  RunOptions options_;
  std::shared_ptr<Executor> executor_;
  std::shared_ptr<World> world_;
  mutable std::mutex mutex_;        // of what follows
  std::shared_ptr<Engine> engine_;  // shared with threads that a forced end leaves behind
  std::optional<Wish> wish_;
  std::optional<Graph> coming_;  // is being put in the place of engine_'s
};

}  // namespace weir::core::runtime
