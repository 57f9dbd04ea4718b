// SPDX-License-Identifier: Apache-2.0
#include "series.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "table.hpp"

namespace weir::png_plotter {
namespace {

bool is_sorted(const std::vector<Point>& points) {
  return std::is_sorted(points.begin(), points.end(),
                        [](const Point& a, const Point& b) { return a.x < b.x; });
}

TEST(BoundedSeries, KeepsEverythingWhileItFits) {
  BoundedSeries series(100);
  for (int i = 0; i < 100; ++i) series.add(i, i * 2);
  EXPECT_EQ(series.size(), 100U);
  EXPECT_EQ(series.bucket_width(), 0);
  EXPECT_EQ(series.points()[7], (Point{7, 14}));
}

TEST(BoundedSeries, StaysBoundedAndKeepsExtremes) {
  BoundedSeries series(1000);
  for (int i = 0; i < 1'000'000; ++i) {
    double y = std::sin(i / 1e5);
    if (i == 123'456) y = 50;
    if (i == 987'654) y = -50;
    series.add(i, y);
    ASSERT_LE(series.size(), 1000U);
  }
  const std::vector<Point> points = series.points();
  EXPECT_GE(points.size(), 250U);
  EXPECT_TRUE(is_sorted(points));
  EXPECT_TRUE(std::count(points.begin(), points.end(), (Point{123'456, 50})));
  EXPECT_TRUE(std::count(points.begin(), points.end(), (Point{987'654, -50})));
}

TEST(BoundedSeries, AnOutageSurvivesThinning) {
  BoundedSeries series(200);
  for (int i = 0; i < 20'000; ++i) series.add(i, i > 8000 && i < 12'000 ? kMissing : 1);
  const std::vector<Point> points = series.points();
  const auto in_outage = std::count_if(points.begin(), points.end(), [](const Point& p) {
    return p.x > 8500 && p.x < 11'500 && std::isnan(p.y);
  });
  EXPECT_GE(in_outage, 5);
}

TEST(BoundedSeries, LateRowsAreSortedIn) {
  BoundedSeries series(50);
  for (int i = 0; i < 300; ++i) series.add((i * 7919) % 300, i);
  EXPECT_LE(series.size(), 50U);
  EXPECT_TRUE(is_sorted(series.points()));
}

TEST(BoundedSeries, OneInstantManyTimes) {
  BoundedSeries series(16);
  for (int i = 0; i < 1000; ++i) series.add(5, i);
  EXPECT_LE(series.size(), 16U);
  EXPECT_TRUE(series.has_values());
}

TEST(BoundedSeries, OddNumbersAreGaps) {
  BoundedSeries series(16);
  series.add(1, INFINITY);
  series.add(NAN, 1);
  EXPECT_EQ(series.size(), 1U);
  EXPECT_FALSE(series.has_values());
}

TEST(Sample, MeanAndDeviationAreExactWhileValuesAreThinned) {
  Sample sample(64);
  double sum = 0;
  for (int i = 0; i < 10'000; ++i) {
    sample.add(i % 100);
    sum += i % 100;
  }
  sample.add(NAN);
  EXPECT_LE(sample.values().size(), 64U);
  EXPECT_GE(sample.values().size(), 32U);
  EXPECT_EQ(sample.count(), 10'000U);
  EXPECT_NEAR(sample.mean(), sum / 10'000, 1e-9);
  double squares = 0;
  for (int i = 0; i < 10'000; ++i) squares += std::pow(i % 100 - sample.mean(), 2);
  EXPECT_NEAR(sample.standard_deviation(), std::sqrt(squares / 9999), 1e-9);
}

}  // namespace
}  // namespace weir::png_plotter
