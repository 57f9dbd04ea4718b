// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Runs on threads of their own whose pipeline is replaced.

#include <condition_variable>

#include "core/runtime/engine.hpp"
#include "runtime_testing.hpp"

namespace weir::core::runtime {

/// Counts 0, 1, 2, … a row a call, until it is told to end.
struct Counter {
  std::atomic<bool> end{false};
  std::atomic<std::int64_t> given{0};
  std::atomic<int> made{0};
  [[nodiscard]] Setup setup() {
    return [this](Fake& fake) {
      ++made;
      fake.on_produce = [this](Emitter& out) -> Next {
        if (end) return End{};
        out.emit(0, numbers(given++, 1));
        return Again{};
      };
    };
  }
};

/// Keeps all that comes; safe to look at from a test.
class Store {
 public:
  [[nodiscard]] Setup setup() {
    return [this](Fake& fake) {
      ++made;
      fake.on_process = [this](std::uint32_t, const Batch& batch, Emitter&) {
        const std::lock_guard lock(mutex_);
        append_numbers(batch, numbers_);
        grown_.notify_all();
      };
    };
  }
  void wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    grown_.wait(lock, [&] { return numbers_.size() >= count; });
  }
  [[nodiscard]] std::vector<std::int64_t> numbers() {
    const std::lock_guard lock(mutex_);
    return numbers_;
  }
  std::atomic<int> made{0};

 private:
  std::mutex mutex_;
  std::condition_variable grown_;
  std::vector<std::int64_t> numbers_;
};

/// A run on threads of its own, ended by its counter.
class Running {
 public:
  Running(const Net& net, RunOptions options = {})
      : runner_(net.graph(), net.factory(), std::move(options)),
        thread_([this] { result_ = runner_.run(); }) {}
  ~Running() { thread_.join(); }
  Runner& operator*() { return runner_; }
  Runner* operator->() { return &runner_; }
  RunResult end(Counter& counter) {
    counter.end = true;
    thread_.join();
    thread_ = std::thread([] {});
    return result_;
  }

 private:
  Runner runner_;
  RunResult result_;
  std::thread thread_;
};

inline Net simple(Counter& counter, Store& store, std::int64_t factor = 1) {
  Net net;
  net.source("source", counter.setup());
  GraphNode& node = net.transform("scale", {"source"}, [factor](Fake& fake) {
    fake.on_process = [factor](std::uint32_t, const Batch& batch, Emitter& out) {
      out.emit(0, numbers(batch.column("value").integers()[0] * factor, 1));
    };
  });
  node.options.push_back({"factor", OptionValue{factor}});
  net.sink("store", {"scale"}, store.setup());
  return net;
}

/// Holds a call until the test lets it go.
class Gate {
 public:
  void pass() {
    std::unique_lock lock(mutex_);
    ++waiting_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return open_; });
  }
  void wait_for_somebody() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return waiting_ > 0; });
  }
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int waiting_ = 0;
  bool open_ = false;
};

}  // namespace weir::core::runtime
