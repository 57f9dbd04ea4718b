// SPDX-License-Identifier: Apache-2.0
#include "core/observe/health.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "observe_testing.hpp"

namespace weir::core::observe {
namespace {

using ::testing::ElementsAre;

TEST(Health, AQuietRunIsReady) {
  const Health health = health_of(small_run());
  EXPECT_TRUE(health.ready());
  EXPECT_EQ(to_json(health), R"({"status":"ready","reasons":[]})");
}

TEST(Health, SaysSinceWhenANodeRetriesAndWhy) {
  RunView view = small_run();
  view.snapshot.nodes[1].state = "running";  // in the middle of its next try
  view.snapshot.nodes[1].retrying_since = seconds{800};
  view.snapshot.nodes[1].trouble = "cannot reach \"http://db\"";
  const Health health = health_of(view);
  EXPECT_EQ(health.status, "degraded");
  EXPECT_THAT(health.reasons,
              ElementsAre("node store retries since 3 min: cannot reach \"http://db\""));
  EXPECT_EQ(to_json(health),
            R"({"status":"degraded","reasons":["node store retries since 3 min: cannot reach )"
            R"(\"http://db\""]})");
}

TEST(Health, NamesWhatFailedHangsRestartsAndLoses) {
  RunView view = small_run();
  view.snapshot.nodes[0].state = "restarting";
  view.snapshot.nodes[0].trouble = "no route";
  view.snapshot.nodes[1].state = "failed";
  view.snapshot.nodes[1].failure = "disk gone";
  view.hangs = {{"ping", "produce", seconds{45}}};
  view.losses = {{"store", 7, 2}};
  EXPECT_THAT(
      health_of(view).reasons,
      ElementsAre("node ping restarts after an error: no route",
                  "node store has failed for good: disk gone",
                  "node ping hangs in produce() for 45 s",
                  "at node store: 7 rows were dropped, its queue was full; 2 rows were kept "
                  "aside as dead letters (last minute)"));
}

TEST(Health, AQuarantinedNodeDegrades) {
  RunView view = small_run();
  view.snapshot.nodes[0].state = "quarantined";
  view.snapshot.nodes[0].failure = "quarantined after 3 crashes within a minute";
  EXPECT_THAT(health_of(view).reasons,
              ElementsAre("node ping is quarantined after 3 crashes within a minute"));
}

TEST(Health, StartingAndStoppingAreNotReady) {
  RunView view = small_run();
  for (const char* stage : {"starting", "stopping"}) {
    view.snapshot.stage = stage;
    EXPECT_EQ(health_of(view).status, stage);
    EXPECT_FALSE(health_of(view).ready());
  }
}

/// Looks at second `second` with these totals of node store.
void look(RecentLosses& losses, int second, std::uint64_t dropped, std::uint64_t rejected) {
  RunView view = small_run();
  view.snapshot.now = seconds{second};
  view.snapshot.nodes[1].dropped_rows = dropped;
  view.snapshot.nodes[1].rejected_rows = rejected;
  losses.look(view.snapshot);
}

TEST(RecentLosses, AreForgottenAfterAMinute) {
  RecentLosses losses;
  look(losses, 1, 0, 0);
  EXPECT_TRUE(losses.losses().empty());
  look(losses, 10, 5, 0);
  look(losses, 20, 8, 1);
  ASSERT_EQ(losses.losses().size(), 1U);
  EXPECT_EQ(losses.losses()[0].node, "store");
  EXPECT_EQ(losses.losses()[0].dropped_rows, 8U);
  EXPECT_EQ(losses.losses()[0].rejected_rows, 1U);
  look(losses, 71, 8, 1);  // what was lost until second 10 is old, what came until 20 is not
  ASSERT_EQ(losses.losses().size(), 1U);
  EXPECT_EQ(losses.losses()[0].dropped_rows, 3U);
  look(losses, 81, 8, 1);
  EXPECT_TRUE(losses.losses().empty());
}

TEST(RecentLosses, WhatWasLostBeforeTheFirstLookCounts) {
  RecentLosses losses;
  look(losses, 1, 4, 0);
  ASSERT_EQ(losses.losses().size(), 1U);
  EXPECT_EQ(losses.losses()[0].dropped_rows, 4U);
}

}  // namespace
}  // namespace weir::core::observe
