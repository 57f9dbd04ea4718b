// SPDX-License-Identifier: Apache-2.0
#include "network/worker_pool.hpp"

namespace weir::lstm_model {
namespace {

// Some 50 µs: about what sleeping and being woken costs.
constexpr int watch_rounds = 2'000;

// Returns when `value` is no longer `old`, with what was written before the change visible.
void wait_while(const std::atomic<std::uint32_t>& value, std::uint32_t old) {
  for (int round = 0; round < watch_rounds; ++round) {
    if (value.load(std::memory_order_acquire) != old) return;
    __builtin_ia32_pause();
  }
  value.wait(old, std::memory_order_acquire);
}

}  // namespace

WorkerPool::WorkerPool(std::size_t threads) {
  for (std::size_t index = 1; index < threads; ++index) {
    workers_.emplace_back([this] { work(); });
  }
}

WorkerPool::~WorkerPool() {
  stop_.store(true, std::memory_order_relaxed);
  round_.fetch_add(1, std::memory_order_release);
  round_.notify_all();
  for (std::thread& worker : workers_) worker.join();
}

std::optional<std::size_t> WorkerPool::claim() {
  std::uint64_t ticket = ticket_.load(std::memory_order_acquire);
  while (true) {
    const std::uint64_t next = ticket & 0xFFFF;
    if (next >= ((ticket >> 16) & 0xFFFF)) return std::nullopt;
    if (ticket_.compare_exchange_weak(ticket, ticket + 1, std::memory_order_acq_rel,
                                      std::memory_order_acquire)) {
      return static_cast<std::size_t>(next);
    }
  }
}

void WorkerPool::take_jobs() {
  while (const auto index = claim()) {
    (*job_)(*index);
    done_.fetch_add(1, std::memory_order_acq_rel);
    done_.notify_one();
  }
}

void WorkerPool::work() {
  std::uint32_t seen = 0;
  while (true) {
    wait_while(round_, seen);
    seen = round_.load(std::memory_order_acquire);
    if (stop_.load(std::memory_order_relaxed)) return;
    take_jobs();
  }
}

void WorkerPool::run(std::size_t count, const Job& job) {
  if (workers_.empty() || count < 2) {
    for (std::size_t j = 0; j < count; ++j) job(j);
    return;
  }
  // All jobs of the round before are done, so nobody reads what is written here.
  job_ = &job;
  done_.store(0, std::memory_order_relaxed);
  const std::uint64_t round = round_.load(std::memory_order_relaxed) + std::uint64_t{1};
  ticket_.store(round << 32 | count << 16, std::memory_order_release);
  round_.store(static_cast<std::uint32_t>(round), std::memory_order_release);
  round_.notify_all();
  take_jobs();
  for (std::uint32_t done = done_.load(std::memory_order_acquire); done != count;
       done = done_.load(std::memory_order_acquire)) {
    wait_while(done_, done);
  }
}

}  // namespace weir::lstm_model
