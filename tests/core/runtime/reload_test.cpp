// SPDX-License-Identifier: Apache-2.0
// Another pipeline in the place of a running one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reload_testing.hpp"

namespace weir::core::runtime {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Reload, TellsWhatDiffers) {
  Counter counter;
  Store store;
  Net before = simple(counter, store);
  Net after = simple(counter, store, 2);
  after.sink("other", {"source"}, store.setup());
  const GraphChange change = compare(before.graph(), after.graph());
  EXPECT_THAT(change.added, ElementsAre("other"));
  EXPECT_THAT(change.changed, ElementsAre("scale"));
  EXPECT_THAT(change.removed, IsEmpty());
  EXPECT_TRUE(compare(before.graph(), before.graph()).empty());
}

TEST(Reload, OnlyTheChangedNodeIsMadeAnewAndNothingIsLost) {
  Counter counter;
  Store store;
  Running run(simple(counter, store, 1));
  store.wait_for(100);
  Net next = simple(counter, store, -1);
  EXPECT_THAT(run->request_reload(next.graph(), next.factory()).changed, ElementsAre("scale"));
  ASSERT_TRUE(eventually([&] { return store.numbers().back() < 0; }));
  EXPECT_EQ(run.end(counter).exit_code, 0);
  EXPECT_EQ(counter.made, 1);
  EXPECT_EQ(store.made, 1);
  std::vector<std::int64_t> all;
  for (const std::int64_t number : store.numbers()) all.push_back(std::abs(number));
  EXPECT_EQ(all, count_up(0, static_cast<std::size_t>(counter.given)));
}

TEST(Reload, AHundredTimesUnderLoad) {
  Counter counter;
  Store store;
  Running run(simple(counter, store, 1));
  for (std::int64_t factor = 2; factor < 102; ++factor) {
    Net next = simple(counter, store, factor % 2 == 0 ? -1 : 1);
    if (factor % 3 == 0) {
      // A second sink that comes and goes.
      next.sink("other", {"source"}, [](Fake&) {});
    }
    run->request_reload(next.graph(), next.factory());
    store.wait_for(store.numbers().size() + 20);
  }
  EXPECT_EQ(run.end(counter).exit_code, 0);
  std::vector<std::int64_t> all;
  for (const std::int64_t number : store.numbers()) all.push_back(std::abs(number));
  EXPECT_EQ(all, count_up(0, static_cast<std::size_t>(counter.given)));
  EXPECT_EQ(counter.made, 1);
}

TEST(Reload, ASinkThatIsReplacedWhileItsServerIsAwayGivesItsRowsToTheNext) {
  Counter counter;
  Store store;
  std::atomic<int> refused{0};
  Net before;
  before.source("source", counter.setup());
  before.sink("store", {"source"}, [&](Fake& fake) {
    fake.on_flush = [&] {
      ++refused;
      throw RetryLater("away", milliseconds{1});
    };
  });
  Running run(before);
  ASSERT_TRUE(eventually([&] { return refused >= 3; }));
  Net after;
  after.source("source", counter.setup());
  after.sink("store", {"source"}, store.setup()).options.push_back({"url", OptionValue{true}});
  run->request_reload(after.graph(), after.factory());
  store.wait_for(1000);
  EXPECT_EQ(run.end(counter).exit_code, 0);
  EXPECT_EQ(store.numbers(), count_up(0, static_cast<std::size_t>(counter.given)));
}

TEST(Reload, AStopAfterItEndsTheNewPipeline) {
  Counter counter;
  Store store;
  Running run(simple(counter, store));
  store.wait_for(10);
  Net next = simple(counter, store, 3);
  run->request_reload(next.graph(), next.factory());
  run->request_stop();
  const RunResult result = run.end(counter);
  EXPECT_EQ(result.exit_code, 130);
  EXPECT_EQ(store.numbers().size(), static_cast<std::size_t>(counter.given));
}

TEST(Reload, ANodeThatCannotBeOpenedIsTriedAgainWhileTheRestRuns) {
  Counter counter;
  Store store;
  std::atomic<int> tries{0};
  Running run(simple(counter, store));
  Net next = simple(counter, store);
  next.sink("late", {"source"}, [&](Fake& fake) {
    fake.on_open = [&] {
      if (++tries < 3) throw Error("no such folder");
    };
  });
  run->request_reload(next.graph(), next.factory());
  ASSERT_TRUE(eventually([&] { return tries >= 3; }));
  store.wait_for(store.numbers().size() + 10);
  const RunResult result = run.end(counter);
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(store.numbers(), count_up(0, static_cast<std::size_t>(counter.given)));
  EXPECT_EQ(result.stats.nodes[3].errors, 2U);
}

}  // namespace
}  // namespace weir::core::runtime
