// SPDX-License-Identifier: Apache-2.0
// Stop requests, the grace, threads, descriptors, and the host's services.
#include <gmock/gmock.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <thread>

#include "core/runtime/event_fd.hpp"
#include "runtime_testing.hpp"

namespace weir::core::runtime {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(Stop, SourcesEndFirstAndAllDrains) {
  std::vector<std::string> calls;
  Taken taken;
  Runner* running = nullptr;
  Net net;
  net.source(
      "tick",
      [&](Fake& fake) {
        auto next = std::make_shared<std::int64_t>(0);
        fake.on_produce = [=, &fake](Emitter& out) -> Next {
          if (*next == 10) running->request_stop();
          out.emit(0, numbers((*next)++, 1));
          return Wait{now(fake) + seconds{1}};
        };
        fake.on_finish = [&](Reason reason, Emitter&) {
          calls.emplace_back(reason == Reason::stopping ? "tick stopping" : "tick ended");
        };
      },
      true);
  net.sink("store", {"tick"}, [&](Fake& fake) {
    auto unflushed = std::make_shared<std::size_t>(0);
    fake.on_process = [unflushed, &taken](std::uint32_t, const Batch& batch, Emitter&) {
      ++*unflushed;
      taken.add(batch);
    };
    fake.on_flush = [unflushed] { *unflushed = 0; };
    fake.on_finish = [unflushed, &calls, &fake](Reason reason, Emitter&) {
      EXPECT_EQ(*unflushed, 0U);
      EXPECT_EQ(fake.host->stopping(fake.host->self), 1);
      calls.emplace_back(reason == Reason::stopping ? "store stopping" : "store ended");
    };
  });
  Runner runner(net.graph(), net.factory(), simulated_run(start_time, 1));
  running = &runner;
  const RunResult result = runner.run();
  EXPECT_EQ(result.exit_code, 130);
  EXPECT_TRUE(result.interrupted);
  EXPECT_EQ(taken.values, count_up(0, 11));
  EXPECT_THAT(calls, ElementsAre("tick stopping", "store stopping"));
}

TEST(Stop, WhatIsLeftAfterTheGraceIsNamed) {
  Runner* running = nullptr;
  bool asked = false;
  Duration asked_at{0};
  Net net;
  net.source("count", counting(5, 10));
  net.sink("away", {"count"}, [&](Fake& fake) {
    fake.on_process = [&](std::uint32_t, const Batch&, Emitter&) {
      if (!asked && now(fake) > start_time + seconds{100}) {
        asked = true;
        asked_at = now(fake) - start_time;
        running->request_stop();
      }
      throw RetryLater("connection refused");
    };
  });
  RunOptions options = simulated_run(start_time, 1);
  options.grace = seconds{4};
  Runner runner(net.graph(), net.factory(), options);
  running = &runner;
  const RunResult result = runner.run();
  EXPECT_EQ(result.exit_code, 130);
  EXPECT_EQ(options.clock->monotonic() - asked_at, seconds{4});
  EXPECT_THAT(result.reasons, ElementsAre("50 rows that away had not dealt with are lost"));
  EXPECT_TRUE(result.abandoned.empty());
}

TEST(Stop, ASecondRequestIsImmediate) {
  Runner* running = nullptr;
  int tries = 0;
  Net net;
  net.source("count", counting(5, 10));
  net.sink("away", {"count"}, [&](Fake& fake) {
    fake.on_process = [&](std::uint32_t, const Batch&, Emitter&) {
      ++tries;
      if (tries == 5 || tries == 6) running->request_stop();
      throw RetryLater("connection refused", seconds{1});
    };
  });
  RunOptions options = simulated_run(start_time, 1);
  options.grace = hours{1};
  Runner runner(net.graph(), net.factory(), options);
  running = &runner;
  const RunResult result = runner.run();
  EXPECT_EQ(result.exit_code, 130);
  EXPECT_EQ(tries, 6);
  EXPECT_THAT(all_reasons(result), HasSubstr("50 rows that away"));
}

TEST(Stop, AStopDuringTheLastFinishIsSeenByTheNode) {
  Runner* running = nullptr;
  bool noticed = false;
  Net net;
  net.source("count", counting(5, 10));
  net.transform("model", {"count"}, [&](Fake& fake) {
    fake.on_finish = [&](Reason reason, Emitter&) {
      EXPECT_EQ(reason, Reason::ended);
      running->request_stop();
      noticed = eventually([&] { return fake.host->stopping(fake.host->self) == 1; });
    };
  });
  Taken taken;
  net.sink("store", {"model"}, into(taken));
  Runner runner(net.graph(), net.factory(), {});
  running = &runner;
  const RunResult result = runner.run();
  EXPECT_TRUE(noticed);
  EXPECT_EQ(result.exit_code, 130);
  EXPECT_EQ(taken.size(), 50U);
}

TEST(Stop, ANodeThatNeverReturnsIsLeftBehindAndNamed) {
  std::atomic<bool> inside{false};
  std::atomic<bool> release{false};
  std::atomic<bool> gone{false};
  Net net;
  net.source("count", counting(5, 10));
  net.sink("stuck", {"count"}, [&](Fake& fake) {
    fake.on_process = [&](std::uint32_t, const Batch&, Emitter&) {
      inside = true;
      while (!release) std::this_thread::sleep_for(milliseconds{1});
      // The run is long over: this must reach nobody, and crash nothing.
      fake.host->log(fake.host->self, WEIR_LOG_INFO, "late", 4);
    };
    const std::shared_ptr<void> farewell(nullptr, [&gone](void*) { gone = true; });
    fake.on_open = [farewell] {};
  });
  RunOptions options;
  options.grace = milliseconds{50};
  std::atomic<int> late{0};
  options.log = [&](Level, std::string_view, std::string_view text) {
    if (text == "late") ++late;
  };
  {
    Runner runner(net.graph(), net.factory(), options);
    std::thread stopper([&] {
      EXPECT_TRUE(eventually([&] { return inside.load(); }));
      const Snapshot now = runner.snapshot();
      EXPECT_EQ(now.nodes[1].call, "process");
      EXPECT_GT(now.nodes[1].call_since.count(), 0);
      runner.request_stop();
    });
    const RunResult result = runner.run();
    stopper.join();
    EXPECT_EQ(result.exit_code, 130);
    EXPECT_THAT(result.abandoned, ElementsAre("stuck"));
    EXPECT_THAT(all_reasons(result), HasSubstr("stuck was still in its call of process"));
  }
  release = true;
  EXPECT_TRUE(eventually([&] { return gone.load(); }));
  EXPECT_EQ(late, 0);
}

TEST(Threads, TwoHeavyNodesWorkAtTheSameTime) {
  std::atomic<int> inside{0};
  std::atomic<bool> together{false};
  const weir_host* first = nullptr;  // its first batch sets the second node going
  const auto heavy = [&](Fake& fake) {
    fake.on_process = [&](std::uint32_t, const Batch& batch, Emitter& out) {
      const bool first_of_first = fake.host == first && batch.times()[0] == 0;
      if (first_of_first) return out.emit(0, batch);
      ++inside;
      if (!together) together = eventually([&] { return inside == 2 || together; });
      --inside;
      out.emit(0, batch);
    };
  };
  Net net;
  net.source("count", counting(100, 10));
  net.transform("first", {"count"},
                [&](Fake& fake) {
                  first = fake.host;
                  heavy(fake);
                })
      .settings.queue = Bytes{1};
  net.sink("second", {"first"}, heavy).settings.queue = Bytes{1};
  EXPECT_EQ(net.run({}).exit_code, 0);
  EXPECT_TRUE(together);
}

TEST(Threads, ManyNodesThatBlockDoNotHoldUpTheOthers) {
  std::atomic<bool> release{false};
  Taken taken;
  Net net;
  net.source("count", counting(20, 1));
  const unsigned more = 2 * std::max(2U, std::thread::hardware_concurrency());
  for (unsigned i = 0; i < more; ++i) {
    net.sink("stalled" + std::to_string(i), {"count"}, [&](Fake& fake) {
      fake.on_process = [&](std::uint32_t, const Batch&, Emitter&) {
        EXPECT_TRUE(eventually([&] { return release.load(); }));
      };
    });
  }
  net.sink("store", {"count"}, [&](Fake& fake) {
    fake.on_process = [&](std::uint32_t, const Batch& batch, Emitter&) {
      taken.add(batch);
      if (taken.size() == 20) release = true;
    };
  });
  EXPECT_EQ(net.run({}).exit_code, 0);
  EXPECT_EQ(taken.size(), 20U);
}

TEST(Threads, ASourceWakesWhenItsDescriptorIsReadable) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  Taken taken;
  std::atomic<int> calls{0};
  Net net;
  net.source(
      "pipe",
      [&](Fake& fake) {
        fake.on_produce = [&](Emitter& out) -> Next {
          if (++calls == 1) return Wait{now(fake) + hours{1}, ends[0]};
          char byte = 0;
          EXPECT_EQ(::read(ends[0], &byte, 1), 1);
          if (byte == 'q') return End{};
          out.emit(0, numbers(byte, 1));
          return Wait{now(fake) + hours{1}, ends[0]};
        };
      },
      true);
  net.sink("store", {"pipe"}, into(taken));
  std::thread writer([&] {
    for (const char byte : {'a', 'b', 'q'}) {
      EXPECT_EQ(::write(ends[1], &byte, 1), 1);
      std::this_thread::sleep_for(milliseconds{5});
    }
  });
  EXPECT_EQ(net.run({}).exit_code, 0);
  writer.join();
  EXPECT_THAT(taken.values, ElementsAre('a', 'b'));
  EXPECT_EQ(calls, 4);
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST(Threads, AnIdleRunUsesNoProcessor) {
  Net net;
  std::atomic<int> produced{0};
  net.source(
      "idle",
      [&](Fake& fake) {
        fake.on_produce = [&](Emitter&) -> Next {
          ++produced;
          return Wait{now(fake) + hours{1}};
        };
      },
      true);
  net.sink("store", {"idle"}, [](Fake&) {});
  RunOptions options;
  options.run_for = milliseconds{300};
  const auto processor_time = [] {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return seconds{usage.ru_utime.tv_sec + usage.ru_stime.tv_sec} +
           std::chrono::microseconds{usage.ru_utime.tv_usec + usage.ru_stime.tv_usec};
  };
  const auto before = processor_time();
  EXPECT_EQ(net.run(options).exit_code, 0);
  // A thread that spins for 300 ms would use nearly all of them; the sanitizers need some.
  EXPECT_LT(processor_time() - before, milliseconds{150});
  EXPECT_EQ(produced, 1);
}

TEST(Threads, AStopWakesANodeThatWaitsInACall) {
  std::atomic<bool> waiting{false};
  std::atomic<int> answer{-1};
  Net net;
  net.source("count", counting(1, 1));
  net.transform("slow", {"count"}, [&](Fake& fake) {
    fake.on_process = [&](std::uint32_t, const Batch&, Emitter&) {
      waiting = true;
      answer =
          fake.host->wait_until(fake.host->self, (now(fake) + hours{1}).time_since_epoch().count());
    };
  });
  net.sink("store", {"slow"}, [](Fake&) {});
  Runner runner(net.graph(), net.factory(), {});
  std::thread stopper([&] {
    EXPECT_TRUE(eventually([&] { return waiting.load(); }));
    runner.request_stop();
  });
  EXPECT_EQ(runner.run().exit_code, 130);
  stopper.join();
  EXPECT_EQ(answer, 0);
}

TEST(Host, OffersClockLogAndQueries) {
  static const int ability = 42;
  std::vector<std::string> lines;
  RunOptions options = simulated_run(start_time, 1);
  options.log = [&](Level level, std::string_view node, std::string_view text) {
    if (level == Level::warning) lines.push_back(std::string(node) + ": " + std::string(text));
  };
  options.query = [](const std::string& node, const char* extension) -> const void* {
    return node == "asks" && std::string_view(extension) == "weir.state/1" ? &ability : nullptr;
  };
  Net net;
  net.source("asks", [&](Fake& fake) {
    fake.on_produce = [&](Emitter&) -> Next {
      const weir_host& host = *fake.host;
      EXPECT_EQ(host.size, sizeof host);
      EXPECT_EQ(now(fake), start_time);
      EXPECT_EQ(host.query(host.self, "weir.state/1"), &ability);
      EXPECT_EQ(host.query(host.self, "weir.other/1"), nullptr);
      host.log(host.self, WEIR_LOG_WARNING, "hello there", 5);
      EXPECT_EQ(host.wait_until(host.self, (start_time + hours{2}).time_since_epoch().count()), 1);
      EXPECT_EQ(now(fake), start_time + hours{2});
      EXPECT_EQ(host.monotonic(host.self), Duration(hours{2}).count());
      return End{};
    };
  });
  net.sink("store", {"asks"}, [](Fake&) {});
  EXPECT_EQ(net.run(options).exit_code, 0);
  EXPECT_THAT(lines, ElementsAre("asks: hello"));
}

}  // namespace
}  // namespace weir::core::runtime
