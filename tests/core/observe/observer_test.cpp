// SPDX-License-Identifier: Apache-2.0
// The observer over a real engine with fake nodes.
#include "core/observe/observer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "core/observe/health.hpp"
#include "tests/core/runtime/runtime_testing.hpp"
#include "tests/support/watched_run.hpp"
#include "weir/error.hpp"

namespace weir::core::observe {
namespace {

using runtime::Fake;
using runtime::Net;
using runtime::Runner;
using runtime::RunOptions;
using ::testing::HasSubstr;

/// What the observer logged.
class Log {
 public:
  void add(std::string_view node, std::string_view text) {
    const std::lock_guard lock(mutex_);
    text_ += std::string(node) + ": " + std::string(text) + "\n";
  }
  [[nodiscard]] bool has(const std::string& part) {
    const std::lock_guard lock(mutex_);
    return text_.find(part) != std::string::npos;
  }
  [[nodiscard]] std::string text() {
    const std::lock_guard lock(mutex_);
    return text_;
  }

 private:
  std::mutex mutex_;
  std::string text_;
};

WatchedRun watched(Runner& runner) {
  WatchedRun run;
  run.snapshot = [&runner] { return runner.snapshot(); };
  run.pulse = [&runner] { return runner.pulse(); };
  run.stop = [&runner] { runner.request_stop(); };
  return run;
}

ObserverOptions logging_to(Log& log) {
  ObserverOptions options;
  options.log = [&log](Level, std::string_view node, std::string_view text) {
    log.add(node, text);
  };
  return options;
}

RunFacts facts(const Net& net) { return facts_of(net.graph(), "1", 1, {}); }

TEST(Observer, NamesANodeThatHangsAndSaysWhenItReturns) {
  std::promise<void> released;
  const std::shared_future<void> release = released.get_future().share();
  Net net;
  net.source("count", runtime::counting(1, 3));
  net.transform("stuck", {"count"}, [&](Fake& fake) {
    fake.on_process = [&](std::uint32_t, const Batch&, Emitter&) { release.wait(); };
  });
  net.sink("store", {"stuck"}, [](Fake&) {});
  Runner runner(net.graph(), net.factory(), RunOptions{});
  Log log;
  ObserverOptions options = logging_to(log);
  options.watchdog = std::chrono::milliseconds{100};
  const Observer observer(facts(net), watched(runner), options);
  std::thread run([&] { (void)runner.run(); });
  const bool named = test::eventually([&] { return log.has("stuck: hangs: process() has not"); });
  const runtime::Snapshot during = runner.snapshot();
  released.set_value();
  run.join();
  EXPECT_TRUE(named) << log.text();
  EXPECT_EQ(during.nodes[1].call, "process");
  EXPECT_TRUE(test::eventually([&] { return log.has("stuck: process() has returned after"); }))
      << log.text();
  EXPECT_FALSE(log.has("store: hangs"));
}

TEST(Observer, AModelThatReportsEpochsDoesNotHang) {
  std::promise<void> released;
  const std::shared_future<void> release = released.get_future().share();
  Net net;
  net.source("count", runtime::counting(1, 3));
  net.sink("store", {"count"},
           [&](Fake& fake) { fake.on_finish = [&](Reason, Emitter&) { release.wait(); }; });
  Runner runner(net.graph(), net.factory(), RunOptions{});
  Log log;
  std::atomic<Observer*> self{nullptr};
  std::atomic<bool> learning{true};
  std::atomic<int> looks_while_busy{0};
  WatchedRun run = watched(runner);
  // An epoch before every look, however slow the machine is.
  run.snapshot = [&] {
    if (Observer* observer = self; observer != nullptr && learning) observer->beat("store");
    runtime::Snapshot snapshot = runner.snapshot();
    if (snapshot.nodes[1].call == "finish") ++looks_while_busy;
    return snapshot;
  };
  ObserverOptions options = logging_to(log);
  options.watchdog = std::chrono::milliseconds{1};
  Observer observer(facts(net), run, options);
  self = &observer;
  std::thread thread([&] { (void)runner.run(); });
  EXPECT_TRUE(test::eventually([&] { return looks_while_busy >= 3; }));
  EXPECT_FALSE(log.has("store: hangs")) << log.text();
  learning = false;
  EXPECT_TRUE(test::eventually([&] { return log.has("store: hangs: finish()"); })) << log.text();
  released.set_value();
  thread.join();
}

TEST(Observer, ListensOnlyWhereItMay) {
  Net net;
  net.source("count", runtime::counting(1, 1));
  net.sink("store", {"count"}, [](Fake&) {});
  Runner runner(net.graph(), net.factory(), RunOptions{});
  Log log;
  ObserverOptions options = logging_to(log);
  options.listen = http::Address{"0.0.0.0", 0};
  EXPECT_THROW(Observer(facts(net), watched(runner), options), Error);
  options.listen = http::Address{"127.0.0.1", 0};
  const Observer observer(facts(net), watched(runner), options);
  ASSERT_TRUE(observer.listens());
  EXPECT_NE(observer.listens()->port, 0);
}

/// Health of a run as its engine tells of it.
Health health(const Net& net, const Runner& runner) {
  RunView view;
  view.facts = facts(net);
  view.snapshot = runner.snapshot();
  return health_of(view);
}

TEST(EngineSnapshot, TellsStagesRetriesAndTheirEnd) {
  std::atomic<bool> away{true};
  Net net;
  net.source("tick", runtime::ticking(std::chrono::milliseconds{5}), true);
  net.sink("store", {"tick"}, [&](Fake& fake) {
    fake.on_flush = [&] {
      if (away) throw RetryLater("the store is away", std::chrono::milliseconds{20});
    };
  });
  Runner runner(net.graph(), net.factory(), RunOptions{});
  EXPECT_EQ(health(net, runner).status, "starting");
  std::thread run([&] { (void)runner.run(); });
  EXPECT_TRUE(test::eventually([&] {
    const Health found = health(net, runner);
    return found.status == "degraded" && found.reasons.size() == 1 &&
           found.reasons[0].starts_with("node store retries since ") &&
           found.reasons[0].ends_with(": the store is away");
  }));
  away = false;
  EXPECT_TRUE(test::eventually([&] { return health(net, runner).ready(); }));
  EXPECT_TRUE(test::eventually([&, first = runner.pulse()] { return runner.pulse() > first; }));
  runner.request_stop();
  run.join();
  EXPECT_EQ(health(net, runner).status, "stopping");
}

TEST(EngineTaps, SeeWhatLeavesANode) {
  Net net;
  net.source("count", runtime::counting(3, 2));
  net.sink("store", {"count"}, [](Fake&) {});
  RunOptions options;
  options.taps = std::make_shared<runtime::Taps>();
  const auto tap = std::make_shared<runtime::Tap>(std::vector<runtime::Tap::Place>{{"count", 0}});
  options.taps->add(tap);
  EXPECT_EQ(net.run(options).exit_code, 0);
  std::vector<std::int64_t> values;
  for (const Batch& batch : tap->take()) runtime::append_numbers(batch, values);
  EXPECT_EQ(values, runtime::count_up(0, 6));
}

TEST(EngineSigns, LogsCountsAndWaitsOfANodeAreSignsOfLife) {
  Net net;
  net.source("count", [](Fake& fake) {
    fake.on_produce = [&fake](Emitter&) -> Next {
      fake.host->count(fake.host->self, "things", 1);
      fake.host->log(fake.host->self, WEIR_LOG_INFO, "x", 1);
      (void)fake.host->wait_until(fake.host->self, 0);
      return End{};
    };
  });
  net.sink("store", {"count"}, [](Fake&) {});
  const runtime::RunResult result = net.run({});
  EXPECT_EQ(runtime::stats(result, "count").signs_of_life, 3U);
  EXPECT_FALSE(runtime::stats(result, "count").waits);
  EXPECT_EQ(runtime::stats(result, "store").signs_of_life, 0U);
}

}  // namespace
}  // namespace weir::core::observe
