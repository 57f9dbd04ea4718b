// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The engine as a node sees it: the weir_host of one node.

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "core/runtime/clock.hpp"
#include "core/runtime/run_options.hpp"
#include "weir/abi.h"

namespace weir::core::runtime {

/// Raised once, when the run is to stop. Any thread.
class StopSignal {
 public:
  void raise();
  [[nodiscard]] bool raised() const { return raised_.load(); }
  /// Returns true when it was raised before `delay` had passed.
  [[nodiscard]] bool wait_for(Duration delay);

 private:
  std::atomic<bool> raised_{false};
  std::mutex mutex_;
  std::condition_variable changed_;
};

/// The way out of the engine for calls that may come from abandoned threads after the run has
/// returned: once closed, nothing of the caller's is touched again.
class Outside {
 public:
  Outside(LogSink log, std::function<const void*(const std::string&, const char*)> query)
      : log_(std::move(log)), query_(std::move(query)) {}
  void log(Level level, std::string_view node, std::string_view text);
  [[nodiscard]] const void* query(const std::string& node, const char* extension);
  void close();

 private:
  std::mutex mutex_;
  LogSink log_;
  std::function<const void*(const std::string&, const char*)> query_;
};

/// What all nodes of a run share.
struct World {
  std::shared_ptr<Clock> clock;
  std::shared_ptr<Outside> outside;
  StopSignal stop;
  std::atomic<int> stop_requests{0};
  /// Signs of life of the thread that runs the engine, over all reloads.
  std::atomic<std::uint64_t> ticks{0};
  /// Blocks until then; false when the run is to stop. May move a virtual clock instead.
  std::function<bool(World&, Timestamp)> wait_until;
};

class HostServices {
 public:
  HostServices(std::shared_ptr<World> world, std::string node);
  HostServices(const HostServices&) = delete;
  HostServices& operator=(const HostServices&) = delete;

  [[nodiscard]] const weir_host& host() const { return host_; }
  [[nodiscard]] std::map<std::string, std::uint64_t> counters() const;
  /// See NodeStats.
  [[nodiscard]] std::uint64_t signs_of_life() const { return signs_.load(); }
  [[nodiscard]] bool waits() const { return waiting_.load() > 0; }

 private:
  void count(const char* counter, std::uint64_t amount);
  [[nodiscard]] bool wait_until(Timestamp time);

  std::shared_ptr<World> world_;
  std::string node_;
  weir_host host_{};
  mutable std::mutex mutex_;
  std::map<std::string, std::uint64_t> counters_;
  std::atomic<std::uint64_t> signs_{0};
  std::atomic<int> waiting_{0};
};

}  // namespace weir::core::runtime
