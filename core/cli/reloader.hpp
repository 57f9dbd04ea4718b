// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Puts the pipeline file of a run in place again, by SIGHUP, by the control socket, or when it
/// changes.

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "core/cli/console.hpp"
#include "core/cli/pipeline.hpp"
#include "core/runtime/engine.hpp"
#include "core/runtime/event_fd.hpp"
#include "core/runtime/runner.hpp"

namespace weir::core::cli {

/// What a reload needs; all functions are called on one thread at a time.
struct ReloadParts {
  std::filesystem::path file;
  bool watch = false;  ///< look every second whether the file, or the .env beside it, has changed
  std::function<CheckedPipeline()> check;
  /// The graph as the engine runs it, and what makes its nodes.
  std::function<Graph(const Graph&)> expand;
  std::function<runtime::Factory(const Graph&)> factory;
  /// A reload begins (true) or has ended.
  std::function<void(bool begins)> reloading;
  std::function<void(const Graph&)> changed;
};

class Reloader {
 public:
  Reloader(runtime::Runner& runner, Console& console, ReloadParts parts);
  Reloader(const Reloader&) = delete;
  Reloader& operator=(const Reloader&) = delete;
  ~Reloader();

  /// Asks the reloader's thread. Async-signal-safe.
  void request() noexcept { wake_.signal(); }
  /// Reads, checks and puts in place; says what it did. An invalid file changes nothing. Any
  /// thread.
  std::string reload();
  /// Ends the thread; from then on reload() does nothing.
  void stop();

 private:
  void watch_loop();
  [[nodiscard]] bool has_changed();
  /// A change that is seen waits until a reload can begin.
  [[nodiscard]] bool must_wait();

  runtime::Runner& runner_;
  Console& console_;
  ReloadParts parts_;
  runtime::EventFd wake_;
  std::atomic<bool> stopped_{false};
  bool told_wait_ = false;
  std::mutex mutex_;
  std::vector<std::string> seen_;  ///< of the files, when they were last looked at
  std::thread thread_;
};

/// A reload waits until every call has returned, and nothing else goes on meanwhile. Why it is not
/// begun: a call has gone on for too long to hope that it will. Empty: none has.
[[nodiscard]] std::string held_up(const runtime::Snapshot& snapshot);

/// "made anew: scale; new: other; gone: old", or that nothing differs.
[[nodiscard]] std::string describe(const runtime::GraphChange& change);

}  // namespace weir::core::cli
