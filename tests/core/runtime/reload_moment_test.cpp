// SPDX-License-Identifier: Apache-2.0
// Another pipeline in an unlucky moment, or in the place of one that is not well.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reload_testing.hpp"

namespace weir::core::runtime {
namespace {

using ::testing::ElementsAre;

TEST(Reload, TheRunIsStillOneThatRuns) {
  Counter counter;
  Store store;
  Running run(simple(counter, store));
  store.wait_for(10);
  Net next = simple(counter, store, 3);
  run->request_reload(next.graph(), next.factory());
  ASSERT_TRUE(eventually([&] { return compare(run->graph(), next.graph()).empty(); }));
  EXPECT_EQ(run->snapshot().stage, "running");
  (void)run.end(counter);
}

TEST(Reload, ItCanBeLookedAtWhileANewNodeOpens) {
  Counter counter;
  Store store;
  Gate gate;
  Running run(simple(counter, store));
  store.wait_for(10);
  Net next = simple(counter, store);
  next.sink("slow", {"source"}, [&](Fake& fake) { fake.on_open = [&] { gate.pass(); }; });
  run->request_reload(next.graph(), next.factory());
  gate.wait_for_somebody();
  const Snapshot seen = run->snapshot();
  EXPECT_EQ(seen.stage, "running");
  EXPECT_EQ(seen.nodes.size(), 3U);
  EXPECT_GE(seen.nodes[2].rows_in, 10U);
  gate.open();
  (void)run.end(counter);
}

TEST(Reload, BackToTheOldPipelineWhileTheNewOneIsPutInPlace) {
  Counter counter;
  Store store;
  Gate gate;
  Net before = simple(counter, store);
  Running run(before);
  store.wait_for(10);
  Net next = simple(counter, store);
  next.sink("slow", {"source"}, [&](Fake& fake) { fake.on_open = [&] { gate.pass(); }; });
  run->request_reload(next.graph(), next.factory());
  gate.wait_for_somebody();
  EXPECT_THAT(run->request_reload(before.graph(), before.factory()).removed, ElementsAre("slow"));
  gate.open();
  EXPECT_TRUE(eventually([&] { return run->graph().nodes.size() == 3; }));
  EXPECT_EQ(run.end(counter).exit_code, 0);
}

// A stop request and a reload while a call goes on: the sources have been told to end.
TEST(Reload, ARunThatStopsKeepsItsPipeline) {
  Counter counter;
  Store store;
  Gate gate;
  std::atomic<int> made{0};
  const auto net = [&](bool option) {
    Net of;
    of.source("source", [&](Fake& fake) {
        ++made;
        counter.setup()(fake);
      }).options.push_back({"option", OptionValue{option}});
    of.sink("store", {"source"}, [&](Fake& fake) {
      store.setup()(fake);
      fake.on_flush = [&] { gate.pass(); };
    });
    return of;
  };
  RunOptions options;
  options.grace = hours{1};
  Running run(net(false), std::move(options));
  gate.wait_for_somebody();
  run->request_stop();
  ASSERT_TRUE(eventually([&] { return run->snapshot().stage == "stopping"; }));
  const Net next = net(true);
  run->request_reload(next.graph(), next.factory());
  gate.open();
  EXPECT_TRUE(eventually([&] { return run->snapshot().nodes[1].state == "finished"; }))
      << "a new source would go on until the grace has passed";
  EXPECT_EQ(made, 1);
  EXPECT_EQ(run.end(counter).exit_code, 130);
}

/// Two sources, of which one ends, and a node behind it that may fail for good.
Net with_branch(Counter& counter, Store& store, std::atomic<std::int64_t>& given, bool mended) {
  Net net;
  net.source("source", counter.setup());
  net.sink("other", {"source"}, [](Fake&) {});
  net.source("rows", [&given](Fake& fake) {
    fake.on_produce = [&given, &fake](Emitter& out) -> Next {
      out.emit(0, numbers(given++, 1));
      return Wait{now(fake) + milliseconds{1}};
    };
  });
  GraphNode& bad = net.transform("bad", {"rows"}, [mended](Fake& fake) {
    if (mended) return;
    fake.on_process = [](std::uint32_t, const Batch&, Emitter&) { throw Fatal("broken"); };
  });
  bad.options.push_back({"mended", OptionValue{mended}});
  net.sink("store", {"bad"}, store.setup());
  return net;
}

TEST(Reload, WhatStandsBehindAMendedNodeStoresAgain) {
  Counter counter;
  Store store;
  std::atomic<std::int64_t> given{0};
  Running run(with_branch(counter, store, given, false));
  ASSERT_TRUE(eventually([&] { return run->snapshot().nodes[4].state == "finished"; }));
  Net next = with_branch(counter, store, given, true);
  run->request_reload(next.graph(), next.factory());
  EXPECT_TRUE(eventually([&] { return store.numbers().size() >= 10; }));
  EXPECT_EQ(store.made, 2);
  run->request_stop();
  (void)run.end(counter);
}

TEST(Reload, RowsOfAnInputThatMovesFollowItAndThoseOfOneThatGoesAreLaidAside) {
  Counter counter;
  Store left;
  std::atomic<int> refused{0};
  std::vector<std::uint32_t> inputs;
  std::mutex mutex;
  const auto ten = [](std::int64_t first) { return counting(1, 10, first); };
  Net before;
  before.source("keeps", counter.setup());
  before.sink("other", {"keeps"}, left.setup());
  before.source("a", ten(0));
  before.source("b", ten(100));
  before
      .sink("store", {"a", "b"},
            [&](Fake& fake) {
              fake.on_process = [](std::uint32_t, const Batch&, Emitter&) {};
              fake.on_flush = [&] {
                ++refused;
                throw RetryLater("away", milliseconds{1});
              };
            })
      .settings.flush_interval = hours{1};
  Running run(before);
  ASSERT_TRUE(eventually([&] {
    const Snapshot seen = run->snapshot();
    return refused > 1 && seen.nodes[2].state == "finished" && seen.nodes[3].state == "finished";
  }));
  std::vector<std::int64_t> stored;
  Net after;
  after.source("keeps", counter.setup());
  after.sink("other", {"keeps"}, left.setup());
  after.source("b", ten(100));
  after.sink("store", {"b"}, [&](Fake& fake) {
    fake.on_process = [&](std::uint32_t input, const Batch& batch, Emitter&) {
      const std::lock_guard lock(mutex);
      inputs.push_back(input);
      append_numbers(batch, stored);
    };
  });
  run->request_reload(after.graph(), after.factory());
  ASSERT_TRUE(eventually([&] { return run->snapshot().nodes.size() == 4; }));
  ASSERT_TRUE(eventually([&] { return run->snapshot().nodes[3].state == "finished"; }));
  const RunResult result = run.end(counter);
  EXPECT_THAT(inputs, ElementsAre(0U));
  EXPECT_EQ(stored, count_up(100, 10));
  EXPECT_EQ(stats(result, "store").rejected_rows, 10U) << "those of a, as dead letters";
}

/// A source of rows with the same tokens in every instance, each for another row.
Setup tracked(std::atomic<int>& made, std::mutex& mutex,
              std::vector<std::pair<int, std::uint64_t>>& told) {
  return [&](Fake& fake) {
    const int instance = ++made;
    fake.listens = true;
    fake.on_produce = [instance, given = false](Emitter& out) mutable -> Next {
      if (!std::exchange(given, true)) out.emit_tracked(0, numbers(instance, 1), instance);
      return Wait{Timestamp::max()};
    };
    fake.on_acknowledge = [&, instance](std::span<const std::uint64_t> tokens) {
      const std::lock_guard lock(mutex);
      for (const std::uint64_t token : tokens) told.emplace_back(instance, token);
    };
  };
}

TEST(Reload, ANewSourceDoesNotHearOfTheTokensOfTheOneBeforeIt) {
  std::atomic<int> made{0};
  std::mutex mutex;
  std::vector<std::pair<int, std::uint64_t>> told;
  Counter counter;
  std::atomic<bool> away{true};
  const auto net = [&](bool option) {
    Net of;
    of.source("keeps", counter.setup());
    of.sink("other", {"keeps"}, [](Fake&) {});
    of.source("source", tracked(made, mutex, told))
        .options.push_back({"option", OptionValue{option}});
    of.sink("store", {"source"}, [&](Fake& fake) {
      fake.on_flush = [&] {
        if (away) throw RetryLater("away", milliseconds{1});
      };
    });
    return of;
  };
  Running run(net(false));
  ASSERT_TRUE(eventually([&] { return run->snapshot().nodes[3].retries > 1; }));
  const Net next = net(true);
  run->request_reload(next.graph(), next.factory());
  ASSERT_TRUE(eventually([&] { return made == 2; }));
  away = false;
  ASSERT_TRUE(eventually([&] {
    const std::lock_guard lock(mutex);
    return !told.empty();
  }));
  run->request_stop();
  (void)run.end(counter);
  EXPECT_THAT(told, ElementsAre(std::pair<int, std::uint64_t>{2, 2U}));
}

}  // namespace
}  // namespace weir::core::runtime
