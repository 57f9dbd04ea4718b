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
#include "service_ledger.hpp"
#include "time.hpp"

namespace weir::probing {

/// Both clocks of this machine, now.
[[nodiscard]] inline Instant machine_now() {
  return {.monotonic = std::chrono::steady_clock::now().time_since_epoch(),
          .utc = std::chrono::system_clock::now().time_since_epoch()};
}

inline constexpr std::uint32_t most_probes_an_interval = 10'000;

/// How often and how long.
struct Timing {
  Nanos interval = std::chrono::seconds(10);
  std::uint32_t count = 1;  ///< probes of each target an interval, spread evenly over it
  Nanos timeout = std::chrono::seconds(3);
};

/// Probes one kind of service. Called from one thread, but for wake.
template <class Result>
class ServiceProber {
 public:
  ServiceProber() = default;
  ServiceProber(const ServiceProber&) = delete;
  ServiceProber& operator=(const ServiceProber&) = delete;
  virtual ~ServiceProber() = default;

  /// Begins a probe, without waiting; each ends in one Result with this id, after `patience` of its
  /// timeout at the latest.
  virtual void start(ProbeId probe) = 0;
  /// Works until probes have ended, `limit` has passed or wake was called; appends to `ended`.
  virtual void work(Nanos limit, std::vector<Result>& ended) = 0;
  /// Of a probe that has not ended in time: what is known of it so far.
  virtual void describe(Result&) const {}
  /// Ends a `work`, also one that begins later. [any thread]
  virtual void wake() = 0;
};

template <class Result>
class ServiceThread {
 public:
  using Row = typename ServiceLedger<Result>::Row;

  /// Starts at once.
  ServiceThread(std::unique_ptr<ServiceProber<Result>> prober, std::size_t targets,
                const Timing& timing)
      : prober_(std::move(prober)),
        cadence_(targets, timing.interval, timing.count, std::random_device{}(), machine_now()),
        ledger_(targets, timing.timeout) {
    thread_ = std::thread([this] { run(); });
  }
  ~ServiceThread() { stop(); }
  ServiceThread(const ServiceThread&) = delete;
  ServiceThread& operator=(const ServiceThread&) = delete;

  /// Gives up what is under way. What was decided before can be taken.
  void stop() {
    if (!thread_.joinable()) return;
    stopping_ = true;
    prober_->wake();
    thread_.join();
    store(ledger_.finish());
  }

  /// Readable when there are rows.
  [[nodiscard]] int fd() const { return ready_.fd(); }

  /// Rows since the last call. Throws what ended the thread.
  [[nodiscard]] std::vector<Row> take() {
    const std::lock_guard lock(mutex_);
    ready_.lower();
    if (failure_) std::rethrow_exception(failure_);
    return std::exchange(rows_, {});
  }
  /// How many rows were thrown away, ever, because nobody took them.
  [[nodiscard]] std::uint64_t dropped() const { return dropped_; }

 private:
  // A sink that stands still must not fill the memory: about a day of 10 targets at 10 s.
  static constexpr std::size_t most_rows = 100'000;

  void run() {
    try {
      std::vector<Result> ended;
      while (!stopping_) {
        cadence_.advance(machine_now(), [this](std::uint32_t target, Nanos label, bool last) {
          prober_->start(ledger_.begin(target, label, last, machine_now().monotonic));
        });
        const Nanos wake = std::min(cadence_.next(), ledger_.next());
        const Nanos looked = machine_now().monotonic;
        prober_->work(std::max(wake - looked, Nanos{}), ended);
        for (Result& result : ended) ledger_.end(std::move(result));
        ended.clear();
        // Answers that were there then are read: none is lost because this thread was late.
        ledger_.expire(looked, [this](Result& silent) { prober_->describe(silent); });
        store(ledger_.take());
      }
    } catch (...) {
      const std::lock_guard lock(mutex_);
      failure_ = std::current_exception();
      ready_.raise();
    }
  }

  void store(std::vector<Row> rows) {
    if (rows.empty()) return;
    const std::lock_guard lock(mutex_);
    for (Row& row : rows) {
      if (rows_.size() < most_rows) {
        rows_.push_back(std::move(row));
      } else {
        ++dropped_;
      }
    }
    ready_.raise();
  }

  const std::unique_ptr<ServiceProber<Result>> prober_;
  Cadence cadence_;               // of the thread alone
  ServiceLedger<Result> ledger_;  // likewise
  Signal ready_;
  std::atomic<bool> stopping_ = false;
  std::atomic<std::uint64_t> dropped_ = 0;
  std::mutex mutex_;  // guards what follows
  std::vector<Row> rows_;
  std::exception_ptr failure_;
  std::thread thread_;
};

}  // namespace weir::probing
