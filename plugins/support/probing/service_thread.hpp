// SPDX-License-Identifier: Apache-2.0
// Probes of services on a thread of their own, so that their times hold neither what other nodes do
// nor how late this one is called, and nothing of theirs blocks the pipeline.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <random>
#include <thread>
#include <utility>
#include <vector>

#include "cadence.hpp"
#include "poller.hpp"
#include "time.hpp"

namespace weir::probing {

/// Both clocks of this machine, now.
[[nodiscard]] inline Instant machine_now() {
  return {.monotonic = std::chrono::steady_clock::now().time_since_epoch(),
          .utc = std::chrono::system_clock::now().time_since_epoch()};
}

/// Probes one kind of service. Called from one thread, but for wake.
template <class Result>
class ServiceProber {
 public:
  ServiceProber() = default;
  ServiceProber(const ServiceProber&) = delete;
  ServiceProber& operator=(const ServiceProber&) = delete;
  virtual ~ServiceProber() = default;

  /// Begins a probe, without waiting; each ends in one Result with this target and label.
  virtual void start(std::uint32_t target, Nanos label) = 0;
  /// Works until probes have ended, `limit` has passed or wake was called; appends to `ended`.
  virtual void work(Nanos limit, std::vector<Result>& ended) = 0;
  /// Ends a `work`, also one that begins later. [any thread]
  virtual void wake() = 0;
};

template <class Result>
class ServiceThread {
 public:
  /// Starts at once; each target is probed once an interval.
  ServiceThread(std::unique_ptr<ServiceProber<Result>> prober, std::size_t targets, Nanos interval)
      : prober_(std::move(prober)),
        cadence_(targets, interval, std::random_device{}(), machine_now()) {
    thread_ = std::thread([this] { run(); });
  }
  /// Gives up what is under way.
  ~ServiceThread() {
    stopping_ = true;
    prober_->wake();
    thread_.join();
  }
  ServiceThread(const ServiceThread&) = delete;
  ServiceThread& operator=(const ServiceThread&) = delete;

  /// Readable when there are results.
  [[nodiscard]] int fd() const { return ready_.fd(); }

  /// Results since the last call. Throws what ended the thread.
  [[nodiscard]] std::vector<Result> take() {
    const std::lock_guard lock(mutex_);
    ready_.lower();
    if (failure_) std::rethrow_exception(failure_);
    return std::exchange(results_, {});
  }
  /// How many results were thrown away, ever, because nobody took them.
  [[nodiscard]] std::uint64_t dropped() const { return dropped_; }

 private:
  // A sink that stands still must not fill the memory: about a day of 10 targets at 10 s.
  static constexpr std::size_t most_results = 100'000;

  void run() {
    try {
      std::vector<Result> ended;
      while (!stopping_) {
        cadence_.advance(machine_now(), [this](std::uint32_t target, Nanos label) {
          prober_->start(target, label);
        });
        prober_->work(std::max(cadence_.next() - machine_now().monotonic, Nanos{}), ended);
        if (!ended.empty()) store(ended);
      }
    } catch (...) {
      const std::lock_guard lock(mutex_);
      failure_ = std::current_exception();
      ready_.raise();
    }
  }

  void store(std::vector<Result>& ended) {
    const std::lock_guard lock(mutex_);
    for (Result& result : ended) {
      if (results_.size() < most_results) {
        results_.push_back(std::move(result));
      } else {
        ++dropped_;
      }
    }
    ended.clear();
    ready_.raise();
  }

  const std::unique_ptr<ServiceProber<Result>> prober_;
  Cadence cadence_;  // of the thread alone
  Signal ready_;
  std::atomic<bool> stopping_ = false;
  std::atomic<std::uint64_t> dropped_ = 0;
  std::mutex mutex_;  // guards what follows
  std::vector<Result> results_;
  std::exception_ptr failure_;
  std::thread thread_;
};

}  // namespace weir::probing
