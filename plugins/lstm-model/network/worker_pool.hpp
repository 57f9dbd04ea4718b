// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <thread>
#include <vector>

namespace weir::lstm_model {

/// Threads that stay between the phases of a training. A phase lasts some 100 µs and waking a
/// sleeping thread 40–60 µs, so they watch for work for a moment before they sleep.
class WorkerPool {
 public:
  /// The caller of run() is one of the `threads`; with 1 no thread is started.
  explicit WorkerPool(std::size_t threads);
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  using Job = std::function<void(std::size_t)>;

  /// Calls job(0) … job(count − 1), count < 65 536, and returns when all have returned. Whoever is
  /// free takes the next: where the machine is busy and a worker does not get to run, the caller
  /// does its part. `job` must not throw. Only one thread may call run().
  void run(std::size_t count, const Job& job);

  [[nodiscard]] std::size_t threads() const { return workers_.size() + 1; }

 private:
  void work();
  void take_jobs();
  std::optional<std::size_t> claim();

  std::atomic<std::uint32_t> round_{0};
  // round << 32 | count << 16 | next: one word, so that a late worker cannot claim what is over.
  std::atomic<std::uint64_t> ticket_{0};
  std::atomic<std::uint32_t> done_{0};
  std::atomic<bool> stop_{false};
  const Job* job_ = nullptr;  // read only by who has claimed a job of the round
  std::vector<std::thread> workers_;
};

}  // namespace weir::lstm_model
