// SPDX-License-Identifier: Apache-2.0
// Sinks: retries, flushes, and what a new instance is given again.
#include <gmock/gmock.h>

#include <set>

#include "trouble_testing.hpp"

namespace weir::core::runtime {
namespace {

using testing::ElementsAre;

using Sink = Trouble;

TEST_F(Sink, RetryLaterKeepsTheInputForHours) {
  const Timestamp back = start_time + hours{3};
  net.source("count", counting(30, 2));
  net.sink("store", {"count"}, [&](Fake& fake) {
    fake.on_process = [&](std::uint32_t, const Batch& batch, Emitter&) {
      if (now(fake) < back) throw RetryLater("connection refused");
      taken.add(batch);
    };
  });
  const RunResult result = net.run(options);
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(taken.values, count_up(0, 60));
  // Full jitter up to a minute: about two a minute.
  EXPECT_GT(stats(result, "store").retries, 180U);
  EXPECT_LT(stats(result, "store").retries, 1000U);
  EXPECT_LT(options.clock->now(), back + seconds{61});
  EXPECT_EQ(log.count("connection refused; trying again"), 1);
  EXPECT_EQ(log.count("store: works again after"), 1);
  EXPECT_EQ(stats(result, "store").restarts, 0U);
}

TEST_F(Sink, TheServersOwnDelayIsObeyed) {
  std::vector<Duration> tries;
  net.source("count", counting(1, 1));
  net.sink("store", {"count"}, [&](Fake& fake) {
    fake.on_process = [&](std::uint32_t, const Batch&, Emitter&) {
      tries.push_back(now(fake) - start_time);
      if (tries.size() < 3) throw RetryLater("429", seconds{42});
    };
  });
  EXPECT_EQ(net.run(options).exit_code, 0);
  EXPECT_THAT(tries, ElementsAre(seconds{0}, seconds{42}, seconds{84}));
}

TEST_F(Sink, ARetriedFlushDoesNotGiveTheRowsAgain) {
  int flushes = 0;
  net.source("count", counting(3, 1));
  net.sink("store", {"count"}, [&](Fake& fake) {
    fake.on_process = [&](std::uint32_t, const Batch& batch, Emitter&) { taken.add(batch); };
    fake.on_flush = [&] {
      if (++flushes < 5) throw RetryLater("busy");
    };
  });
  const RunResult result = net.run(options);
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(taken.values, ElementsAre(0, 1, 2));
  EXPECT_EQ(stats(result, "store").retries, 4U);
}

TEST_F(Sink, ARestartedSinkGetsAgainWhatWasNotFlushed) {
  std::set<std::int64_t> stored;
  int created = 0;
  net.source("count", counting(20, 1));
  net.sink("store", {"count"}, [&](Fake& fake) {
    const bool first = ++created == 1;
    auto pending = std::make_shared<std::vector<std::int64_t>>();
    fake.on_process = [=](std::uint32_t, const Batch& batch, Emitter&) {
      append_numbers(batch, *pending);
      if (first && pending->back() == 12) throw Error("lost the connection");
    };
    fake.on_flush = [=, &stored] {
      stored.insert(pending->begin(), pending->end());
      pending->clear();
    };
  });
  const RunResult result = net.run(options);
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(stored.size(), 20U);
  EXPECT_EQ(stats(result, "store").rows_in, 20U) << "rows given again are not counted again";
}

TEST_F(Sink, TheBatchThatMakesAFlushFailIsFound) {
  for (const bool refused : {false, true}) {
    std::set<std::int64_t> stored;
    Net poisoned;
    poisoned.source("count", counting(20, 1));
    poisoned.sink("store", {"count"}, [&](Fake& fake) {
      auto pending = std::make_shared<std::set<std::int64_t>>();
      fake.on_process = [=](std::uint32_t, const Batch& batch, Emitter&) {
        pending->insert(batch.column("value").integers()[0]);
      };
      fake.on_flush = [=, &stored] {
        if (pending->count(7) != 0 && refused) throw Rejected("7 is bad");
        if (pending->count(7) != 0) throw Error("7 is bad");
        stored.insert(pending->begin(), pending->end());
        pending->clear();
      };
    });
    options = simulated_run(start_time, 3);
    const RunResult result = poisoned.run(options);
    EXPECT_EQ(result.exit_code, 0) << all_reasons(result);
    EXPECT_EQ(stored.size(), 19U);
    EXPECT_EQ(stored.count(7), 0U);
    EXPECT_EQ(stats(result, "store").rejected_rows, 1U);
  }
}

TEST_F(Sink, ASinkThatCannotFinishIsTriedAgain) {
  int tries = 0;
  std::vector<std::int64_t> written;
  net.source("count", counting(3, 1));
  net.sink("store", {"count"}, [&](Fake& fake) {
    auto rows = std::make_shared<Taken>();
    fake.on_process = [rows](std::uint32_t, const Batch& batch, Emitter&) { rows->add(batch); };
    fake.on_finish = [&tries](Reason, Emitter&) {
      if (++tries < 3) throw Error("rename failed");
    };
  });
  const RunResult result = net.run(options);
  EXPECT_EQ(result.exit_code, 0) << all_reasons(result);
  EXPECT_EQ(tries, 3);
}

}  // namespace
}  // namespace weir::core::runtime
