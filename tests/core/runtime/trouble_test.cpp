// SPDX-License-Identifier: Apache-2.0
// Failures, restarts, dead letters: in virtual time, so that backoff costs nothing.
#include <gmock/gmock.h>

#include <filesystem>
#include <set>

#include "trouble_testing.hpp"

namespace weir::core::runtime {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

TEST_F(Trouble, AFailingNodeIsRestartedAndItsInputKept) {
  int created = 0;
  net.source("count", counting(20, 5));
  net.transform("shaky", {"count"}, [&](Fake& fake) {
    ++created;
    auto calls = std::make_shared<int>(0);
    fake.on_process = [calls](std::uint32_t, const Batch& batch, Emitter& out) {
      out.emit(0, batch);  // thrown away when the call fails
      if (++*calls == 6) throw Error("sixth call");
    };
  });
  net.sink("store", {"shaky"}, into(taken));
  const RunResult result = net.run(options);
  EXPECT_EQ(result.exit_code, 0) << all_reasons(result);
  EXPECT_EQ(taken.values, count_up(0, 100));
  EXPECT_EQ(created, 4);
  EXPECT_EQ(stats(result, "shaky").restarts, 3U);
  EXPECT_EQ(stats(result, "shaky").errors, 3U);
  EXPECT_EQ(stats(result, "shaky").rows_in, 100U);
  EXPECT_THAT(log.lines, Contains(HasSubstr("shaky: process: sixth call; the node restarts in")));
}

TEST_F(Trouble, ABatchThatFailsThreeTimesIsKeptAside) {
  net.source("count", counting(5, 2));
  net.sink("store", {"count"}, [&](Fake& fake) {
    fake.on_process = [&](std::uint32_t, const Batch& batch, Emitter&) {
      if (batch.column("value").integers()[0] == 4) throw Error("cannot digest 4");
      taken.add(batch);
    };
  });
  const RunResult result = net.run(options);
  EXPECT_EQ(result.exit_code, 0) << all_reasons(result);
  // Given again after a restart, so a sink may see rows twice, but it never misses one.
  const std::set<std::int64_t> seen(taken.values.begin(), taken.values.end());
  EXPECT_EQ(seen, (std::set<std::int64_t>{0, 1, 2, 3, 6, 7, 8, 9}));
  EXPECT_EQ(stats(result, "store").errors, 3U);
  EXPECT_EQ(stats(result, "store").rejected_rows, 2U);
  const auto letters = dead_letters("store");
  ASSERT_EQ(letters.size(), 2U);
  EXPECT_EQ(letters[0].at("value"), 4);
  EXPECT_EQ(letters[0].at("weir.reason"), "cannot digest 4");
  EXPECT_EQ(letters[0].at("weir.node"), "store");
  EXPECT_EQ(letters[0].at("weir.measurement"), "numbers");
  EXPECT_EQ(letters[0].at("time"), "1970-01-01T00:00:00.000000004Z");
}

TEST_F(Trouble, ARejectedBatchIsKeptAsideAtOnce) {
  int opened = 0;
  net.source("count", counting(5, 2));
  net.transform("picky", {"count"}, [&](Fake& fake) {
    fake.on_open = [&] { ++opened; };
    fake.on_process = [](std::uint32_t, const Batch& batch, Emitter& out) {
      if (batch.column("value").integers()[0] == 4) throw Rejected("never 4");
      out.emit(0, batch);
    };
  });
  net.sink("store", {"picky"}, into(taken));
  const RunResult result = net.run(options);
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(taken.values, ElementsAre(0, 1, 2, 3, 6, 7, 8, 9));
  EXPECT_EQ(opened, 1);
  EXPECT_EQ(dead_letters("picky").size(), 2U);
}

TEST_F(Trouble, RowsOnAnUnconnectedRejectedPortGoToTheFile) {
  net.source("count", [](Fake& fake) {
    fake.on_produce = [](Emitter& out) -> Next {
      BatchBuilder rows("raw");
      const auto text = rows.field<std::string>("text");
      const auto reason = rows.field<std::string>("reason");
      rows.row(5).set(text, "a \"b\"\n").set(reason, "line 1: not a number");
      out.emit(1, rows.build());
      out.emit(0, numbers(0, 1));
      return End{};
    };
  });
  net.sink("store", {"count"}, into(taken));
  const RunResult result = net.run(options);
  const auto letters = dead_letters("count");
  ASSERT_EQ(letters.size(), 1U);
  EXPECT_EQ(letters[0].at("text"), "a \"b\"\n");
  EXPECT_EQ(letters[0].at("reason"), "line 1: not a number");
  EXPECT_FALSE(letters[0].contains("weir.reason"));
  EXPECT_EQ(stats(result, "count").rejected_rows, 1U);
}

TEST_F(Trouble, DeadLettersStopAtTheirLimitAndAreCountedOn) {
  options.dead_letter_limit = Bytes{1000};
  net.source("count", counting(50, 1));
  net.sink("store", {"count"}, [](Fake& fake) {
    fake.on_process = [](std::uint32_t, const Batch&, Emitter&) { throw Rejected("no"); };
  });
  const RunResult result = net.run(options);
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(stats(result, "store").rejected_rows, 50U);
  EXPECT_LE(std::filesystem::file_size(folder / "test" / "store.jsonl"), 1000U);
  EXPECT_EQ(log.count("has reached its limit"), 1);
}

TEST_F(Trouble, AFolderThatCannotBeWrittenStopsNothing) {
  options.dead_letter_dir = "/dev/null/nowhere";
  net.source("count", counting(5, 1));
  net.sink("store", {"count"}, [](Fake& fake) {
    fake.on_process = [](std::uint32_t, const Batch&, Emitter&) { throw Rejected("no"); };
  });
  const RunResult result = net.run(options);
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(stats(result, "store").rejected_rows, 5U);
  EXPECT_EQ(log.count("cannot write dead letters"), 1);
}

TEST_F(Trouble, AFatalNodeEndsAloneAndOtherBranchesGoOn) {
  net.source("count", counting(50, 2)).settings.queue = Bytes{1};
  net.sink("locked", {"count"},
           [](Fake& fake) {
             fake.on_process = [](std::uint32_t, const Batch& batch, Emitter&) {
               if (batch.column("value").integers()[0] == 10) throw Fatal("wrong password");
             };
           })
      .settings.queue = Bytes{1000};
  net.sink("store", {"count"}, into(taken)).settings.queue = Bytes{1000};
  const RunResult result = net.run(options);
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(all_reasons(result), HasSubstr("locked: wrong password"));
  EXPECT_EQ(taken.values, count_up(0, 100));
  const auto& locked = stats(result, "locked");
  EXPECT_EQ(locked.state, "failed");
  EXPECT_EQ(locked.failure, "wrong password");
  // What it had taken in and not flushed stands in rows_in and in the dead letters.
  EXPECT_GE(locked.rows_in + locked.rejected_rows + locked.discarded_rows, 100U);
  EXPECT_GT(locked.discarded_rows, 0U);
}

TEST_F(Trouble, WhenTheLastSinkIsDeadTheRunStops) {
  net.source("tick", ticking(seconds{1}), true);
  net.sink("locked", {"tick"}, [](Fake& fake) {
    fake.on_process = [](std::uint32_t, const Batch&, Emitter&) { throw Fatal("wrong password"); };
  });
  const RunResult result = net.run(options);
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_LT(options.clock->monotonic(), seconds{1});
}

TEST_F(Trouble, ADeadTransformEndsTheInputOfWhatFollows) {
  bool finished = false;
  net.source("count", counting(10, 1));
  net.transform("broken", {"count"}, [](Fake& fake) {
    fake.on_process = [](std::uint32_t, const Batch&, Emitter&) { throw Fatal("no use"); };
  });
  net.sink("store", {"broken"},
           [&](Fake& fake) { fake.on_finish = [&](Reason, Emitter&) { finished = true; }; });
  EXPECT_EQ(net.run(options).exit_code, 1);
  EXPECT_TRUE(finished);
}

TEST_F(Trouble, ANodeThatCannotBeOpenedStopsTheStart) {
  std::vector<std::string> calls;
  net.source("count", [&](Fake& fake) {
    fake.on_produce = [&](Emitter&) -> Next {
      calls.emplace_back("produce");
      return End{};
    };
    fake.on_finish = [&](Reason reason, Emitter&) {
      calls.emplace_back(reason == Reason::stopping ? "finish stopping" : "finish ended");
    };
  });
  net.sink("store", {"count"},
           [](Fake& fake) { fake.on_open = [] { throw Error("no such folder"); }; });
  net.sink("other", {"count"},
           [](Fake& fake) { fake.on_open = [] { throw Fatal("no such host"); }; });
  const RunResult result = net.run(options);
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.reasons, ElementsAre("store: cannot start: no such folder",
                                          "other: cannot start: no such host"));
  EXPECT_THAT(calls, ElementsAre("finish stopping"));
}

TEST_F(Trouble, ANodeThatIsToBeOpenedLaterHoldsNothingUp) {
  int tries = 0;
  net.source("count", counting(3, 1));
  net.sink("far", {"count"}, [&](Fake& fake) {
    fake.on_open = [&] {
      if (++tries < 4) throw RetryLater("server is down");
    };
    fake.on_process = [&](std::uint32_t, const Batch& batch, Emitter&) { taken.add(batch); };
  });
  const RunResult result = net.run(options);
  EXPECT_EQ(result.exit_code, 0) << all_reasons(result);
  EXPECT_THAT(taken.values, ElementsAre(0, 1, 2));
  EXPECT_EQ(tries, 4);
  EXPECT_EQ(stats(result, "far").retries, 3U);
}

TEST_F(Trouble, ANodeThatFailsOnEverythingStopsThePipeline) {
  for (const bool in_flush : {false, true}) {
    Net hopeless;
    hopeless.source("tick", ticking(seconds{1}), true);
    hopeless.sink("good", {"tick"}, into(taken));
    hopeless.sink("bad", {"tick"}, [&](Fake& fake) {
      fake.on_process = [=](std::uint32_t, const Batch&, Emitter&) {
        if (!in_flush) throw Error("always");
      };
      fake.on_flush = [=] { throw Error("always"); };
    });
    options = simulated_run(start_time, 3);
    const RunResult result = hopeless.run(options);
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_THAT(all_reasons(result), HasSubstr("bad failed 10 times in a row"));
    EXPECT_EQ(stats(result, "bad").errors, 10U);
    EXPECT_GT(options.clock->monotonic(), seconds{30}) << "backoff doubles";
    EXPECT_LT(options.clock->monotonic(), seconds{180});
  }
}

TEST_F(Trouble, ASourceIsRestarted) {
  auto next = std::make_shared<std::int64_t>(0);
  int opened = 0;
  net.source("count", [&](Fake& fake) {
    fake.on_open = [&] { ++opened; };
    auto calls = std::make_shared<int>(0);
    fake.on_produce = [=](Emitter& out) -> Next {
      if (*next == 20) return End{};
      if (++*calls == 8) throw Error("cable pulled");
      out.emit(0, numbers((*next)++, 1));
      return Again{};
    };
  });
  net.sink("store", {"count"}, into(taken));
  const RunResult result = net.run(options);
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(taken.values, count_up(0, 20));
  EXPECT_EQ(opened, 3);
  EXPECT_EQ(stats(result, "count").restarts, 2U);
}

TEST_F(Trouble, ATransformThatCannotFinishIsAFailure) {
  net.source("count", counting(3, 1));
  net.transform("model", {"count"}, [](Fake& fake) {
    fake.on_finish = [](Reason, Emitter&) { throw Error("singular matrix"); };
  });
  net.sink("store", {"model"}, into(taken));
  const RunResult result = net.run(options);
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(all_reasons(result), HasSubstr("model: could not finish: singular matrix"));
  EXPECT_EQ(taken.size(), 3U);
}

}  // namespace
}  // namespace weir::core::runtime
