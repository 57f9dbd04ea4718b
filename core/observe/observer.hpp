// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Watches a run from a thread of its own: metrics and health over HTTP, the control socket, the
/// watchdog, and what the service manager is told.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/graph/graph.hpp"
#include "core/http/rules.hpp"
#include "core/observe/run_view.hpp"
#include "core/runtime/tap.hpp"

namespace weir::core::observe {

/// The run as the observer needs it; every function is called on the observer's thread.
struct WatchedRun {
  std::function<runtime::Snapshot()> snapshot;
  std::function<std::uint64_t()> pulse;  ///< Runner::pulse
  std::function<void()> stop;
  std::function<std::string()> reload;  ///< see ControlHandlers; may be empty
  std::shared_ptr<runtime::Taps> taps;
};

struct ObserverOptions {
  Duration watchdog = std::chrono::seconds{30};  ///< 0: off
  std::optional<http::Address> listen;
  std::string listen_token;  ///< must be there off loopback
  /// Of the control socket, the first that can be used; empty: no control socket.
  std::vector<std::filesystem::path> control_folders;
  std::filesystem::path control;  ///< a path of the caller's choice instead; must succeed
  std::string notify_socket;
  std::optional<Duration> notify_interval;
  std::function<void(Level, std::string_view node, std::string_view text)> log;
};

class Observer {
 public:
  /// Listens, then starts the thread; throws Error where what was asked for cannot be had.
  Observer(RunFacts facts, WatchedRun run, ObserverOptions options);
  Observer(const Observer&) = delete;
  Observer& operator=(const Observer&) = delete;
  /// Ends the thread; taps that are open get what they still hold.
  ~Observer();

  /// The graph has changed. Any thread.
  void graph_changed(RunFacts facts);
  /// A reload begins or has ended, for the service manager. Any thread.
  void reloading(bool begins);
  /// A sign of life that the engine does not see: an epoch of a model. Any thread.
  void beat(const std::string& node);

  /// Where it listens, with the real port; nullopt: it does not.
  [[nodiscard]] std::optional<http::Address> listens() const;

 private:
  class Work;
  std::unique_ptr<Work> work_;
};

}  // namespace weir::core::observe
