// SPDX-License-Identifier: Apache-2.0
#include "core/forecast/intervals.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "weir/error.hpp"

namespace weir::core {
namespace {

TEST(Intervals, NothingIsKnownBeforeTheFirstResidual) {
  const IntervalTracker tracker(0.9);
  EXPECT_TRUE(std::isnan(tracker.offsets().lower));
  EXPECT_TRUE(std::isnan(tracker.mean_absolute()));
}

TEST(Intervals, AreTheShortestThatHoldTheShareByTheFiniteSampleRule) {
  IntervalTracker tracker(0.9);
  // 1 ... 9 and one far below: (10 + 1) * 0.9 rounds up to all ten.
  for (int i = 1; i <= 9; ++i) tracker.settle(i, std::nullopt);
  tracker.settle(-100, std::nullopt);
  EXPECT_DOUBLE_EQ(tracker.offsets().lower, -100);
  EXPECT_DOUBLE_EQ(tracker.offsets().upper, 9);
  // With ten more near zero 19 of 20 will do: the far one is left out.
  for (int i = 0; i < 10; ++i) tracker.settle(0.5, std::nullopt);
  EXPECT_EQ(tracker.offsets().lower, 0);  // the forecast itself is always held
  EXPECT_DOUBLE_EQ(tracker.offsets().upper, 9);
}

TEST(Intervals, HoldTheShareOfOrdinaryNoise) {
  std::mt19937_64 random(7);
  std::normal_distribution<double> noise;
  IntervalTracker tracker(0.9);
  int held = 0;
  constexpr int rounds = 4000;
  for (int i = 0; i < rounds; ++i) {
    const IntervalOffsets offsets = tracker.offsets();
    const double residual = noise(random);
    const bool inside = offsets.lower <= residual && residual <= offsets.upper;
    tracker.settle(residual, std::isnan(offsets.lower) ? std::nullopt : std::optional(inside));
    held += inside ? 1 : 0;
  }
  EXPECT_NEAR(static_cast<double>(held) / rounds, 0.9, 0.02);
}

TEST(Intervals, FollowNoiseThatGrowsTenfold) {
  std::mt19937_64 random(7);
  std::normal_distribution<double> noise;
  IntervalTracker tracker(0.9);
  int held = 0;
  constexpr int rounds = 2000;
  for (int i = 0; i < 2 * rounds; ++i) {
    const IntervalOffsets offsets = tracker.offsets();
    const double residual = noise(random) * (i < rounds ? 1 : 10);
    const bool inside = offsets.lower <= residual && residual <= offsets.upper;
    tracker.settle(residual, std::isnan(offsets.lower) ? std::nullopt : std::optional(inside));
    held += i >= rounds && inside ? 1 : 0;
  }
  EXPECT_NEAR(static_cast<double>(held) / rounds, 0.9, 0.03);
}

TEST(Intervals, AResidualIsAsRareAsItsRank) {
  IntervalTracker tracker(0.9);
  for (int i = 1; i <= 99; ++i) tracker.settle(i, std::nullopt);
  EXPECT_DOUBLE_EQ(tracker.p_value(1000), 1.0 / 100);
  EXPECT_DOUBLE_EQ(tracker.p_value(-90), 11.0 / 100);  // 90 ... 99 are as large
  EXPECT_DOUBLE_EQ(tracker.p_value(0), 1);
}

TEST(Intervals, GoOnFromTheirState) {
  IntervalTracker tracker(0.8);
  for (int i = 0; i < 50; ++i) tracker.settle(i % 7 - 3, i % 5 != 0);
  const IntervalTracker again = IntervalTracker::restore(0.8, tracker.state());
  EXPECT_EQ(again.offsets().lower, tracker.offsets().lower);
  EXPECT_EQ(again.offsets().upper, tracker.offsets().upper);
  EXPECT_EQ(again.mean_absolute(), tracker.mean_absolute());
  EXPECT_THROW((void)IntervalTracker::restore(0.8, {0.1, 1.0}), Error);
  EXPECT_THROW((void)IntervalTracker::restore(0.8, {0.1, -1, 0}), Error);
}

}  // namespace
}  // namespace weir::core
