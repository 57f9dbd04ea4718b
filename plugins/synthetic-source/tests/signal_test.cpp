// SPDX-License-Identifier: Apache-2.0
#include "signal.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace weir::synthetic_source {
namespace {

constexpr std::int64_t second = 1'000'000'000;
constexpr std::int64_t minute = 60 * second;
constexpr std::int64_t hour = 60 * minute;
constexpr std::int64_t day = 24 * hour;

/// Nothing but the level.
Shape flat() {
  return {.level = 100,
          .daily_amplitude = 0,
          .weekly_amplitude = 0,
          .noise = 0,
          .burst_rate = 0,
          .outage_rate = 0};
}

std::vector<double> values(const Shape& shape, std::size_t count, std::int64_t step,
                           std::uint64_t number = 0, std::int64_t start = 0) {
  Signal signal(shape, 1, number, start, step);
  std::vector<double> out;
  for (std::size_t i = 0; i < count; ++i) out.push_back(signal.next().value_or(NAN));
  return out;
}

std::size_t greatest(const std::vector<double>& values) {
  return static_cast<std::size_t>(std::max_element(values.begin(), values.end()) - values.begin());
}

double mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

/// Autocovariance at a lag.
double covariance(const std::vector<double>& values, std::size_t lag) {
  const double middle = mean(values);
  double sum = 0;
  for (std::size_t i = lag; i < values.size(); ++i)
    sum += (values[i] - middle) * (values[i - lag] - middle);
  return sum / static_cast<double>(values.size());
}

TEST(Random, IsTheReferenceSequence) {
  Random random(1234567);  // first numbers of SplitMix64 as published
  EXPECT_EQ(random.bits(), 6457827717110365317U);
  EXPECT_EQ(random.bits(), 3203168211198807973U);
}

TEST(Random, NormalHasItsMoments) {
  Random random(5);
  std::vector<double> drawn;
  for (int i = 0; i < 20000; ++i) drawn.push_back(random.normal());
  EXPECT_NEAR(mean(drawn), 0, 0.03);
  EXPECT_NEAR(covariance(drawn, 0), 1, 0.03);
}

TEST(Sine, IsTheSine) {
  for (double turns = -3; turns < 3; turns += 0.01) {
    EXPECT_NEAR(sine(turns), std::sin(turns * 2 * M_PI), 2e-7) << turns;
  }
}

TEST(Signal, FlatIsTheLevel) {
  for (const double value : values(flat(), 100, minute)) EXPECT_EQ(value, 100);
}

TEST(Signal, TheDayPeaksAtTwoInTheAfternoon) {
  Shape shape = flat();
  shape.daily_amplitude = 0.5;
  const auto day_of_hours = values(shape, 24, hour);
  EXPECT_EQ(greatest(day_of_hours), 14U);
  EXPECT_EQ(day_of_hours[14], 150);
  EXPECT_EQ(day_of_hours[2], 50);
}

TEST(Signal, TheWeekPeaksOnWednesday) {
  Shape shape = flat();
  shape.weekly_amplitude = 0.2;
  EXPECT_EQ(greatest(values(shape, 14, day / 2)), 13U);  // 1970 began on a Thursday
  EXPECT_EQ(greatest(values(shape, 14, day / 2, 0, -7 * day)), 13U);
}

TEST(Signal, TheTrendGrowsDayByDay) {
  Shape shape = flat();
  shape.trend = 0.1;
  EXPECT_EQ(values(shape, 3, day), (std::vector<double>{100, 110, 120}));
}

TEST(Signal, NoiseHasItsSizeAndItsMemory) {
  Shape shape = flat();
  shape.noise = 0.1;
  shape.noise_memory = 0.8;
  const auto noisy = values(shape, 50000, minute);
  EXPECT_NEAR(mean(noisy), 100, 1);
  EXPECT_NEAR(std::sqrt(covariance(noisy, 0)), 10, 0.5);
  EXPECT_NEAR(covariance(noisy, 1) / covariance(noisy, 0), 0.8, 0.03);
}

TEST(Signal, BurstsComeAtTheirRateAndDieDown) {
  Shape shape = flat();
  shape.burst_rate = 4;
  const auto bursty = values(shape, 200 * 24 * 60, minute);
  int begun = 0;
  for (std::size_t i = 1; i < bursty.size(); ++i) {
    if (bursty[i] > bursty[i - 1]) ++begun;
    EXPECT_LE(bursty[i], 300);
    EXPECT_GE(bursty[i], 100);
  }
  EXPECT_NEAR(begun / 200.0, 4, 0.5);
}

TEST(Signal, OutagesComeAtTheirRateAndEnd) {
  Shape shape = flat();
  shape.outage_rate = 2;
  const auto broken = values(shape, 200 * 24 * 60, minute);
  int begun = 0;
  int longest = 0;
  int length = 0;
  for (const double value : broken) {
    length = std::isnan(value) ? length + 1 : 0;
    if (length == 1) ++begun;
    longest = std::max(longest, length);
  }
  EXPECT_NEAR(begun / 200.0, 2, 0.4);
  EXPECT_LE(longest, 20);  // one right after another at most
  EXPECT_GE(longest, 5);
}

TEST(Signal, IsNeverNegative) {
  Shape shape = flat();
  shape.daily_amplitude = 3;
  shape.trend = -1;
  const auto low = values(shape, 100, hour);
  EXPECT_EQ(*std::min_element(low.begin(), low.end()), 0);
}

TEST(Signal, AnotherNumberIsAnotherSeries) {
  const Shape shape;
  EXPECT_EQ(values(shape, 100, minute, 1), values(shape, 100, minute, 1));
  EXPECT_NE(values(shape, 100, minute, 1), values(shape, 100, minute, 2));
}

}  // namespace
}  // namespace weir::synthetic_source
