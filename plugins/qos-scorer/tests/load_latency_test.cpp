// SPDX-License-Identifier: Apache-2.0
#include "load_latency.hpp"

#include <gtest/gtest.h>

namespace weir::qos_scorer {
namespace {

TEST(LoadLatency, NeedsOneStepOfEachKind) {
  LoadLatency load;
  const LoadRules rules;
  EXPECT_FALSE(load.milliseconds());
  load.add(10, 5, rules);
  load.add(30, 50, rules);
  EXPECT_FALSE(load.milliseconds()) << "half busy is neither";
  load.add(90, 95, rules);
  EXPECT_DOUBLE_EQ(load.milliseconds().value(), 80);
}

TEST(LoadLatency, LimitsAreAsTheySay) {
  LoadLatency load;
  const LoadRules rules{.idle_below_percent = 20, .busy_from_percent = 80};
  load.add(1, 20, rules);  // not below
  load.add(100, 80, rules);
  EXPECT_FALSE(load.milliseconds());
  load.add(2, 19.9, rules);
  EXPECT_DOUBLE_EQ(load.milliseconds().value(), 98);
}

TEST(LoadLatency, MediansSoThatOneOutlierIsNothing) {
  LoadLatency load;
  const LoadRules rules;
  for (const double rtt : {10.0, 11.0, 5000.0}) load.add(rtt, 0, rules);
  for (const double rtt : {40.0, 60.0, 50.0, 9000.0}) load.add(rtt, 100, rules);
  EXPECT_DOUBLE_EQ(load.milliseconds().value(), 55 - 11);
}

TEST(LoadLatency, OldStepsAreForgotten) {
  LoadLatency load;
  const LoadRules rules{.steps = 3};
  for (int i = 0; i < 5; ++i) load.add(100, 0, rules);
  for (int i = 0; i < 3; ++i) load.add(10, 0, rules);
  load.add(30, 100, rules);
  EXPECT_DOUBLE_EQ(load.milliseconds().value(), 20);
}

TEST(LoadLatency, MayBeBelowZeroWhereLoadHelps) {
  LoadLatency load;  // a radio that leaves its power-save mode
  load.add(50, 0, {});
  load.add(20, 100, {});
  EXPECT_DOUBLE_EQ(load.milliseconds().value(), -30);
}

}  // namespace
}  // namespace weir::qos_scorer
