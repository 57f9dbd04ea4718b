// SPDX-License-Identifier: Apache-2.0
// Order, backpressure, fan-out, drops, and graphs that bounded queues could stop. Each test runs on
// threads and in the simulation.
#include <gmock/gmock.h>

#include <algorithm>
#include <thread>

#include "runtime_testing.hpp"

namespace weir::core::runtime {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class Flow : public testing::TestWithParam<bool> {
 protected:
  [[nodiscard]] static RunOptions options() {
    if (GetParam()) return simulated_run(start_time, 7);
    RunOptions threads;
    threads.seed = 7;
    return threads;
  }
};

INSTANTIATE_TEST_SUITE_P(Executors, Flow, testing::Bool(),
                         [](const auto& each) { return each.param ? "simulated" : "threads"; });

TEST_P(Flow, RowsArriveCompleteAndInOrder) {
  Taken taken;
  Net net;
  net.source("count", counting(500, 20)).settings.queue = Bytes{1};
  net.transform("pass", {"count"}).settings.queue = Bytes{4000};
  net.sink("store", {"pass"}, into(taken)).settings.queue = Bytes{4000};
  const RunResult result = net.run(options());
  EXPECT_EQ(result.exit_code, 0) << all_reasons(result);
  EXPECT_EQ(taken.values, count_up(0, 10'000));
  EXPECT_EQ(stats(result, "count").rows_out, 10'000U);
  EXPECT_EQ(stats(result, "store").rows_in, 10'000U);
  EXPECT_EQ(stats(result, "store").batches_in, 500U);
  EXPECT_EQ(stats(result, "store").state, "finished");
}

TEST_P(Flow, QueuesStayWithinTheirBound) {
  Taken taken;
  Net net;
  net.source("count", counting(300, 10));
  net.transform("pass", {"count"}).settings.queue = Bytes{3000};
  net.sink("store", {"pass"}, into(taken)).settings.queue = Bytes{2000};
  const RunResult result = net.run(options());
  ASSERT_EQ(taken.size(), 3000U);
  ASSERT_GT(memory_of(numbers(0, 10)), 500U);
  ASSERT_LT(memory_of(numbers(0, 10)), 1000U);
  for (const auto& edge : result.stats.edges) {
    EXPECT_LE(edge.peak_bytes, edge.capacity) << edge.name;
    EXPECT_GT(edge.peak_bytes, 0U) << edge.name;
  }
}

TEST_P(Flow, OneBatchFitsEvenWhenItIsLargerThanTheQueue) {
  Taken taken;
  Net net;
  net.source("count", counting(5, 1000));
  net.sink("store", {"count"}, into(taken)).settings.queue = Bytes{1};
  EXPECT_EQ(net.run(options()).exit_code, 0);
  EXPECT_EQ(taken.size(), 5000U);
}

TEST_P(Flow, ManyBatchesOfOneCallMoveOnAsThereIsRoom) {
  Taken taken;
  Net net;
  net.source("burst", [](Fake& fake) {
    fake.on_produce = [](Emitter& out) -> Next {
      for (int i = 0; i < 100; ++i) out.emit(0, numbers(i * 10, 10));
      return End{};
    };
  });
  net.sink("store", {"burst"}, into(taken)).settings.queue = Bytes{1000};
  const RunResult result = net.run(options());
  EXPECT_EQ(taken.values, count_up(0, 1000));
  EXPECT_LE(result.stats.edges.at(0).peak_bytes, 1000U);
}

TEST_P(Flow, FanOutSharesTheBuffers) {
  std::atomic<const void*> left{nullptr};
  std::atomic<const void*> right{nullptr};
  const auto look = [](std::atomic<const void*>& at) {
    return [&at](Fake& fake) {
      fake.on_process = [&at](std::uint32_t, const Batch& batch, Emitter&) {
        at = batch.column("value").buffers().values;
      };
    };
  };
  Net net;
  net.source("count", counting(1, 10));
  net.sink("left", {"count"}, look(left));
  net.sink("right", {"count"}, look(right));
  EXPECT_EQ(net.run(options()).exit_code, 0);
  EXPECT_NE(left.load(), nullptr);
  EXPECT_EQ(left.load(), right.load());
}

TEST_P(Flow, DropOldestCountsEveryRow) {
  Taken taken;
  Net net;
  net.source("count", counting(200, 5));
  auto& slow = net.sink("slow", {"count"}, [&](Fake& fake) {
    fake.on_process = [&](std::uint32_t, const Batch& batch, Emitter&) {
      (void)fake.host->wait_until(fake.host->self, fake.host->now(fake.host->self) + 100'000);
      taken.add(batch);
    };
  });
  slow.settings.when_full = WhenFull::drop_oldest;
  slow.settings.queue = Bytes{2000};
  const RunResult result = net.run(options());
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(taken.size() + stats(result, "slow").dropped_rows, 1000U);
  EXPECT_GT(stats(result, "slow").dropped_rows, 0U);
  ASSERT_FALSE(taken.values.empty());
  EXPECT_EQ(taken.values.back(), 999) << "the newest must survive";
  EXPECT_TRUE(std::is_sorted(taken.values.begin(), taken.values.end()));
}

TEST_P(Flow, ALiveSourceNeverWaits) {
  Taken taken;
  std::atomic<int> produced{0};
  Net net;
  net.source(
      "live",
      [&](Fake& fake) {
        fake.on_produce = [&](Emitter& out) -> Next {
          if (produced == 400) return End{};
          out.emit(0, numbers(produced++, 1));
          return Again{};
        };
      },
      true);
  // Nothing downstream asks for drops: the rule follows from `live`.
  net.transform("gate", {"live"},
                [&](Fake& fake) {
                  fake.on_process = [&](std::uint32_t, const Batch& batch, Emitter& out) {
                    if (!GetParam()) {
                      EXPECT_TRUE(eventually([&] { return produced == 400; }));
                    }
                    out.emit(0, batch);
                  };
                })
      .settings.queue = Bytes{1500};
  net.sink("store", {"gate"}, into(taken));
  const RunResult result = net.run(options());
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(taken.size() + stats(result, "gate").dropped_rows, 400U);
  if (!GetParam()) {
    EXPECT_GT(stats(result, "gate").dropped_rows, 300U);
  }
}

TEST_P(Flow, WhatALiveSourceGivesAtItsEndIsNotDropped) {
  Taken taken;
  Net net;
  net.source(
      "live",
      [&](Fake& fake) {
        fake.on_finish = [&](Reason, Emitter& out) {
          for (int batch = 0; batch < 200; ++batch) out.emit(0, numbers(10 * batch, 10));
        };
      },
      true);
  net.sink("store", {"live"}, into(taken)).settings.queue = Bytes{1500};
  const RunResult result = net.run(options());
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(taken.values, count_up(0, 2000));
  EXPECT_EQ(stats(result, "store").dropped_rows, 0U);
}

/// source -> hold (everything to the end) -> join, source -> join: with small queues the source
/// waits for the join, the join for hold, and hold for the source.
void diamond(Net& net, Taken& taken, Bytes queue, std::size_t batches) {
  net.source("count", counting(batches, 10));
  net.transform("pass", {"count"}).settings.queue = queue;
  net.transform("hold", {"count"},
                [](Fake& fake) {
                  auto held = std::make_shared<std::vector<Batch>>();
                  fake.on_process = [held](std::uint32_t, const Batch& batch, Emitter&) {
                    held->push_back(batch);
                  };
                  fake.on_finish = [held](Reason, Emitter& out) {
                    for (const Batch& batch : *held) out.emit(0, batch);
                  };
                })
      .settings.queue = queue;
  net.transform(
         "join", {"pass", "hold"}, [](Fake&) {}, Order::watermark)
      .settings.queue = queue;
  net.sink("store", {"join"}, into(taken)).settings.queue = queue;
}

TEST_P(Flow, ADiamondDoesNotDeadlock) {
  Taken taken;
  Net net;
  diamond(net, taken, Bytes{1500}, 100);
  const RunResult result = net.run(options());
  EXPECT_EQ(result.exit_code, 0) << all_reasons(result);
  ASSERT_EQ(taken.size(), 2000U);
  std::sort(taken.values.begin(), taken.values.end());
  for (std::size_t i = 0; i < 2000; ++i) {
    ASSERT_EQ(taken.values[i], static_cast<std::int64_t>(i / 2));
  }
}

TEST_P(Flow, ADiamondIsFreedWhileAnotherBranchTicksOn) {
  Taken taken;
  Taken ticks;
  Net net;
  diamond(net, taken, Bytes{1500}, 100);
  net.source("clock", ticking(milliseconds{1}), true);
  net.sink("ticks", {"clock"}, into(ticks));
  Runner* running = nullptr;
  net.sink("done", {"join"}, [&](Fake& fake) {
    fake.on_finish = [&](Reason, Emitter&) { running->request_stop(); };
  });
  Runner runner(net.graph(), net.factory(), options());
  running = &runner;
  const RunResult result = runner.run();
  EXPECT_EQ(result.exit_code, 130) << all_reasons(result);
  EXPECT_EQ(taken.size(), 2000U);
}

TEST_P(Flow, ADiamondThatNeedsTooMuchMemoryNamesTheEdge) {
  Taken taken;
  Net net;
  diamond(net, taken, Bytes{1500}, 1000);
  RunOptions bounded = options();
  bounded.memory_limit = Bytes{20'000};
  const RunResult result = net.run(bounded);
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(all_reasons(result), HasSubstr("edge pass.out -> join cannot grow"));
  for (const auto& edge : result.stats.edges) EXPECT_LE(edge.capacity, 25'000U) << edge.name;
}

TEST_P(Flow, AJoinReadsTheInputThatIsFurthestBehind) {
  std::vector<std::int64_t> read;
  Net net;
  net.source("even", [](Fake& fake) {
    auto next = std::make_shared<std::int64_t>(0);
    fake.on_produce = [next](Emitter& out) -> Next {
      if (*next == 200) return End{};
      out.emit(0, numbers(*next, 1));
      *next += 2;
      return Again{};
    };
  });
  net.source("odd", [](Fake& fake) {
    auto next = std::make_shared<std::int64_t>(1);
    fake.on_produce = [next, &fake](Emitter& out) -> Next {
      if (*next > 200) return End{};
      out.emit(0, numbers(*next, 1));
      *next += 2;
      return Wait{now(fake) + std::chrono::microseconds{100}};  // the slower of the two
    };
  });
  net.transform(
      "join", {"even", "odd"},
      [&](Fake& fake) {
        fake.on_process = [&](std::uint32_t, const Batch& batch, Emitter& out) {
          append_numbers(batch, read);
          out.emit(0, batch);
        };
      },
      Order::watermark);
  Taken taken;
  net.sink("store", {"join"}, into(taken));
  EXPECT_EQ(net.run(options()).exit_code, 0);
  ASSERT_EQ(read.size(), 200U);
  // Never more than one batch ahead of the other input.
  for (std::size_t i = 0; i < read.size(); ++i) {
    EXPECT_NEAR(static_cast<double>(read[i]), static_cast<double>(i), 1.0);
  }
}

TEST_P(Flow, ASequenceReadsAllOfTheFirstInputFirst) {
  Taken taken;
  std::vector<std::uint32_t> ends;
  Net net;
  net.source("history", [](Fake& fake) {
    auto next = std::make_shared<std::int64_t>(0);
    fake.on_produce = [next, &fake](Emitter& out) -> Next {
      if (*next == 50) return End{};
      out.emit(0, numbers((*next)++, 1));
      return Wait{now(fake) + std::chrono::microseconds{50}};
    };
  });
  net.source("recent", counting(10, 5, 50));
  net.transform(
      "both", {"history", "recent"},
      [&](Fake& fake) {
        fake.on_end = [&](std::uint32_t input, Emitter&) { ends.push_back(input); };
      },
      Order::sequence);
  net.sink("store", {"both"}, into(taken));
  EXPECT_EQ(net.run(options()).exit_code, 0);
  EXPECT_EQ(taken.values, count_up(0, 100));
  EXPECT_THAT(ends, ElementsAre(0U, 1U));
}

TEST_P(Flow, TheEndTravelsFromNodeToNode) {
  std::mutex mutex;
  std::vector<std::string> calls;
  const auto note = [&](const std::string& call) {
    const std::lock_guard lock(mutex);
    calls.push_back(call);
  };
  const auto watched = [&](const std::string& name) {
    return [&note, name](Fake& fake) {
      fake.on_end = [&note, name](std::uint32_t input, Emitter&) {
        note(name + " end " + std::to_string(input));
      };
      fake.on_finish = [&note, name](Reason reason, Emitter& out) {
        EXPECT_EQ(reason, Reason::ended);
        note(name + " finish");
        if (name == "held") out.emit(0, numbers(1000, 1));
      };
    };
  };
  Taken taken;
  Net net;
  net.source("count", counting(3, 1));
  net.transform("held", {"count"}, watched("held"));
  net.sink("store", {"held"}, [&](Fake& fake) {
    watched("store")(fake);
    fake.on_process = [&](std::uint32_t, const Batch& batch, Emitter&) { taken.add(batch); };
  });
  EXPECT_EQ(net.run(options()).exit_code, 0);
  EXPECT_THAT(taken.values, ElementsAre(0, 1, 2, 1000));
  EXPECT_THAT(calls, ElementsAre("held end 0", "held finish", "store end 0", "store finish"));
}

TEST_P(Flow, RowsOnPortsThatNobodyTakesAreCounted) {
  Net net;
  net.source("count", counting(1, 10));
  net.transform("sort", {"count"}, [](Fake& fake) {
    fake.on_process = [&fake](std::uint32_t, const Batch& batch, Emitter& out) {
      out.emit(0, batch.slice(0, 5));
      out.emit(1, batch.slice(5, 3));
      out.emit(2, batch.slice(8, 2));
      fake.host->count(fake.host->self, "odd_rows", 5);
      fake.host->count(fake.host->self, "odd_rows", 1);
    };
  });
  Taken taken;
  net.sink("store", {"sort"}, into(taken));
  const RunResult result = net.run(options());
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(taken.size(), 5U);
  EXPECT_EQ(stats(result, "sort").rejected_rows, 3U);
  EXPECT_EQ(stats(result, "sort").unrouted_rows, 2U);
  EXPECT_EQ(stats(result, "sort").counters.at("odd_rows"), 6U);
}

}  // namespace
}  // namespace weir::core::runtime
