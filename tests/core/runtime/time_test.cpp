// SPDX-License-Identifier: Apache-2.0
// Timers, flush intervals, --for, idle inputs, and a simulated day.
#include <gmock/gmock.h>

#include <atomic>
#include <chrono>

#include "runtime_testing.hpp"

namespace weir::core::runtime {
namespace {

using testing::ElementsAre;
using testing::Le;

TEST(Time, ATimerComesAtItsTimeAndAgainWhenAsked) {
  std::vector<Duration> rings;
  Taken taken;
  Net net;
  net.source("tick", ticking(seconds{1}), true);
  net.transform("grid", {"tick"}, [&](Fake& fake) {
    auto asked = std::make_shared<bool>(false);
    fake.on_process = [asked, &fake, &rings](std::uint32_t, const Batch&, Emitter& out) {
      if (!std::exchange(*asked, true)) out.wake_at(now(fake) + seconds{100});  // replaced below
      if (rings.empty()) out.wake_at(start_time + milliseconds{2500});
    };
    fake.on_timer = [&rings](Timestamp now, Emitter& out) {
      rings.push_back(now - start_time);
      out.emit(0, numbers(static_cast<std::int64_t>(rings.size()), 1));
      if (rings.size() < 3) out.wake_at(now + seconds{10});
    };
  });
  net.sink("store", {"grid"}, into(taken));
  RunOptions options = simulated_run(start_time, 1);
  options.run_for = seconds{60};
  EXPECT_EQ(net.run(options).exit_code, 0);
  EXPECT_THAT(rings, ElementsAre(milliseconds{2500}, milliseconds{12'500}, milliseconds{22'500}));
  EXPECT_THAT(taken.values, ElementsAre(1, 2, 3));
}

/// The system's, and a millisecond more passes with each look at it.
class StridingClock final : public Clock {
 public:
  [[nodiscard]] Timestamp now() const override { return start_time + monotonic(); }
  [[nodiscard]] Duration monotonic() const override {
    return system_.monotonic() + milliseconds{++looks_};
  }

 private:
  SystemClock system_;
  mutable std::atomic<std::int64_t> looks_{0};
};

// A pinging source stopped for good when nothing else went on in the pipeline at that moment.
TEST(Time, ASourceWhoseTimeComesWhileItsThreadGoesToSleepIsCalled) {
  Taken taken;
  Net net;
  net.source("tick", [](Fake& fake) {
    auto calls = std::make_shared<std::int64_t>(0);
    fake.on_produce = [=, &fake](Emitter& out) -> Next {
      if (++*calls < 60) return Wait{now(fake) + milliseconds{1 + *calls % 20}};
      out.emit(0, numbers(0, 1));
      return End{};
    };
  });
  net.sink("store", {"tick"}, into(taken));
  RunOptions options;
  options.clock = std::make_shared<StridingClock>();
  options.run_for = seconds{10};  // a run of which nothing comes any more ends
  EXPECT_EQ(net.run(options).exit_code, 0);
  EXPECT_THAT(taken.values, ElementsAre(0));
}

TEST(Time, ForEndsSourcesAsEnded) {
  std::vector<Reason> reasons;
  Taken taken;
  Net net;
  net.source(
      "tick",
      [&](Fake& fake) {
        ticking(seconds{1})(fake);
        fake.on_finish = [&](Reason reason, Emitter& out) {
          reasons.push_back(reason);
          out.emit(0, numbers(999, 1));
        };
      },
      true);
  net.sink("store", {"tick"}, [&](Fake& fake) {
    into(taken)(fake);
    fake.on_finish = [&](Reason reason, Emitter&) { reasons.push_back(reason); };
  });
  RunOptions options = simulated_run(start_time, 1);
  options.run_for = milliseconds{9500};
  const RunResult result = net.run(options);
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(options.clock->monotonic(), milliseconds{9500});
  auto expected = count_up(0, 10);
  expected.push_back(999);
  EXPECT_EQ(taken.values, expected);
  EXPECT_THAT(reasons, ElementsAre(Reason::ended, Reason::ended));
}

TEST(Time, ASinkIsFlushedAtOnceAndThenEachInterval) {
  std::vector<Duration> flushes;
  Net net;
  net.source("tick", ticking(milliseconds{100}), true);
  net.sink("store", {"tick"},
           [&](Fake& fake) { fake.on_flush = [&] { flushes.push_back(now(fake) - start_time); }; });
  RunOptions options = simulated_run(start_time, 1);
  options.run_for = milliseconds{3550};
  EXPECT_EQ(net.run(options).exit_code, 0);
  EXPECT_THAT(flushes,
              ElementsAre(seconds{0}, seconds{1}, seconds{2}, seconds{3}, milliseconds{3550}));
}

TEST(Time, AMebibyteIsFlushedWithoutWaiting) {
  std::size_t waiting = 0;
  std::size_t most = 0;
  int flushes = 0;
  Net net;
  net.source("count", counting(40, 8192));
  net.sink("store", {"count"}, [&](Fake& fake) {
    fake.on_process = [&](std::uint32_t, const Batch& batch, Emitter&) {
      waiting += memory_of(batch);
      most = std::max(most, waiting);
    };
    fake.on_flush = [&] {
      ++flushes;
      waiting = 0;
    };
  });
  EXPECT_EQ(net.run(simulated_run(start_time, 1)).exit_code, 0);
  EXPECT_EQ(waiting, 0U);
  EXPECT_LT(most, (1U << 20U) + 200'000U);
  EXPECT_THAT(flushes, Le(8));
}

TEST(Time, AnIdleLiveInputHoldsTheOthersOnlyForItsTimeout) {
  std::vector<Duration> reads;
  Net net;
  net.source(
      "quiet",
      [](Fake& fake) {
        fake.on_produce = [](Emitter&) -> Next { return Wait{start_time + hours{1}}; };
      },
      true);
  net.source("history", counting(3, 1));
  net.transform(
         "join", {"quiet", "history"},
         [&](Fake& fake) {
           fake.on_process = [&](std::uint32_t, const Batch&, Emitter&) {
             reads.push_back(now(fake) - start_time);
           };
         },
         Order::watermark)
      .settings.idle_timeout = seconds{5};
  net.sink("store", {"join"}, [](Fake&) {});
  RunOptions options = simulated_run(start_time, 1);
  options.run_for = seconds{60};
  EXPECT_EQ(net.run(options).exit_code, 0);
  EXPECT_THAT(reads, ElementsAre(seconds{0}, seconds{5}, seconds{5}));
}

TEST(Time, ALiveInputIsNeverHeldBack) {
  std::vector<Duration> reads;
  Net net;
  net.source(
      "quiet",
      [](Fake& fake) {
        fake.on_produce = [](Emitter&) -> Next { return Wait{start_time + hours{1}}; };
      },
      true);
  net.source("tick", ticking(seconds{1}), true);
  net.transform(
      "join", {"quiet", "tick"},
      [&](Fake& fake) {
        fake.on_process = [&](std::uint32_t, const Batch&, Emitter&) {
          reads.push_back(now(fake) - start_time);
        };
      },
      Order::watermark);
  net.sink("store", {"join"}, [](Fake&) {});
  RunOptions options = simulated_run(start_time, 1);
  options.run_for = milliseconds{2500};
  EXPECT_EQ(net.run(options).exit_code, 0);
  EXPECT_THAT(reads, ElementsAre(seconds{0}, seconds{1}, seconds{2}));
}

TEST(Time, ASimulationThatWaitsForNobodyEndsWithAnError) {
  Net net;
  net.source(
      "deaf",
      [](Fake& fake) {
        fake.on_produce = [](Emitter&) -> Next { return Wait{Timestamp::max(), 0}; };
      },
      true);
  net.sink("store", {"deaf"}, [](Fake&) {});
  const RunResult result = net.run(simulated_run(start_time, 1));
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(all_reasons(result), testing::HasSubstr("nothing can run"));
}

struct Day {
  std::uint64_t hash = 0;
  std::uint64_t events = 0;
  std::size_t rows = 0;
  std::uint64_t retries = 0;
};

/// A 1 Hz source, a 10 s grid with a timer, a sink that is away for an hour.
Day simulate_day(std::uint64_t seed) {
  Taken taken;
  Net net;
  net.source("ping", ticking(seconds{1}), true);
  net.transform("grid", {"ping"}, [](Fake& fake) {
    auto rows = std::make_shared<std::size_t>(0);
    auto armed = std::make_shared<bool>(false);
    fake.on_process = [=, &fake](std::uint32_t, const Batch& batch, Emitter& out) {
      *rows += batch.rows();
      if (!std::exchange(*armed, true)) out.wake_at(now(fake) + seconds{10});
    };
    fake.on_timer = [=](Timestamp now, Emitter& out) {
      out.emit(0, numbers(static_cast<std::int64_t>(std::exchange(*rows, 0)), 1));
      out.wake_at(now + seconds{10});
    };
  });
  net.sink("store", {"grid"}, [&](Fake& fake) {
    fake.on_process = [&](std::uint32_t, const Batch& batch, Emitter&) {
      const Duration at = now(fake) - start_time;
      if (at > hours{5} && at < hours{6}) throw RetryLater("away");
      taken.add(batch);
    };
  });
  TraceHash hash;
  RunOptions options = simulated_run(start_time, seed);
  options.run_for = hours{24};
  options.trace = [&](const TraceEvent& event) { hash.add(event); };
  const RunResult result = net.run(options);
  EXPECT_EQ(result.exit_code, 0) << all_reasons(result);
  EXPECT_EQ(stats(result, "grid").rows_in, 86'400U);
  return {hash.value(), hash.events(), taken.size(), stats(result, "store").retries};
}

TEST(Time, ADayPassesInAMomentAndLeavesTheSameTrace) {
  const Day first = simulate_day(11);
  const Day second = simulate_day(11);
  const Day other = simulate_day(12);
  EXPECT_EQ(first.hash, second.hash);
  EXPECT_NE(first.hash, other.hash);
  EXPECT_GT(first.events, 180'000U);
  EXPECT_EQ(first.rows, other.rows);
  EXPECT_GE(first.rows, 8639U);
  EXPECT_GT(first.retries, 60U);
}

}  // namespace
}  // namespace weir::core::runtime
