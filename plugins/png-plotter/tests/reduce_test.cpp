// SPDX-License-Identifier: Apache-2.0
#include "reduce.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "table.hpp"

namespace weir::png_plotter {
namespace {

using testing::ElementsAre;

std::vector<Point> noisy(std::size_t count) {
  std::mt19937 random(1);
  std::normal_distribution<double> normal;
  std::vector<Point> points;
  for (std::size_t i = 0; i < count; ++i)
    points.push_back({static_cast<double>(i), normal(random)});
  return points;
}

TEST(Extremes, KeepTheirOrder) {
  const std::vector<Point> down{{0, 1}, {1, 9}, {2, 5}, {3, -4}, {4, 0}};
  EXPECT_THAT(extremes(down), ElementsAre(Point{1, 9}, Point{3, -4}));
  const std::vector<Point> flat{{0, 2}, {1, 2}};
  EXPECT_THAT(extremes(flat), ElementsAre(Point{0, 2}));
  EXPECT_TRUE(extremes({}).empty());
}

TEST(Extremes, OfNothingButGapsIsAGap) {
  const std::vector<Point> gaps{{0, kMissing}, {1, kMissing}};
  ASSERT_EQ(extremes(gaps).size(), 1U);
  EXPECT_TRUE(std::isnan(extremes(gaps)[0].y));
  const std::vector<Point> mixed{{0, kMissing}, {1, 3}};
  EXPECT_THAT(extremes(mixed), ElementsAre(Point{1, 3}));
}

TEST(ReduceToColumns, FewPointsStayAsTheyAre) {
  const std::vector<Point> points = noisy(100);
  EXPECT_EQ(reduce_to_columns(points, 0, 99, 50), points);
}

// Every pixel column must show the same lowest and highest value as all its points did.
TEST(ReduceToColumns, EveryColumnKeepsItsExtremes) {
  const std::vector<Point> points = noisy(100'000);
  constexpr std::size_t kColumns = 1100;
  const double width = 99'999.0 / kColumns;
  const std::vector<Point> reduced = reduce_to_columns(points, 0, 99'999, kColumns);
  EXPECT_LE(reduced.size(), 2 * kColumns + 2);
  EXPECT_TRUE(std::is_sorted(reduced.begin(), reduced.end(),
                             [](const Point& a, const Point& b) { return a.x < b.x; }));
  for (std::size_t column = 0; column < kColumns; ++column) {
    auto range = [&](const std::vector<Point>& all) {
      double low = kMissing;
      double high = kMissing;
      for (const Point& point : all) {
        if (std::floor(point.x / width) != static_cast<double>(column)) continue;
        low = std::fmin(low, point.y);
        high = std::fmax(high, point.y);
      }
      return std::pair{low, high};
    };
    if (column % 37 == 0) {
      EXPECT_EQ(range(reduced), range(points)) << "column " << column;
    }
  }
}

TEST(ReduceToColumns, AnOutageStaysAGap) {
  std::vector<Point> points = noisy(10'000);
  for (std::size_t i = 4000; i < 5000; ++i) points[i].y = kMissing;
  points[100].y = kMissing;  // one lost value in a full column is no gap
  const std::vector<Point> reduced = reduce_to_columns(points, 0, 9999, 100);
  const auto gaps =
      std::count_if(reduced.begin(), reduced.end(), [](const Point& p) { return std::isnan(p.y); });
  EXPECT_GE(gaps, 8);
  EXPECT_LE(gaps, 10);
  for (const Point& p : reduced) {
    EXPECT_TRUE(!std::isnan(p.y) || (p.x >= 4000 && p.x < 5000)) << p.x;
  }
}

TEST(ReduceToColumns, KeepsOneNeighbourOutside) {
  const std::vector<Point> points{{0, 0}, {1, 1}, {2, 2}, {3, 3}, {4, 4}, {5, 5}};
  EXPECT_THAT(reduce_to_columns(points, 2.5, 3.5, 100),
              ElementsAre(Point{2, 2}, Point{3, 3}, Point{4, 4}));
}

TEST(BandOf, PairsEqualPositions) {
  const std::vector<Point> low{{0, 1}, {1, kMissing}, {2, 3}};
  const std::vector<Point> high{{0, 5}, {1, 6}, {2, 7}};
  const std::vector<BandPoint> result = band(low, high, 0, 2, 100);
  ASSERT_EQ(result.size(), 3U);
  EXPECT_EQ(result[0], (BandPoint{0, 1, 5}));
  EXPECT_TRUE(std::isnan(result[1].low) && std::isnan(result[1].high));
  EXPECT_EQ(result[2], (BandPoint{2, 3, 7}));
}

TEST(BandOf, LongEdgesKeepTheEnvelope) {
  std::vector<Point> low = noisy(10'000);
  std::vector<Point> high = low;
  for (Point& point : high) point.y += 10;
  low[5003].y = -99;
  high[7001].y = 99;
  const std::vector<BandPoint> result = band(low, high, 0, 9999, 200);
  EXPECT_LE(result.size(), 202U);
  double least = 0;
  double most = 0;
  for (const BandPoint& point : result) {
    least = std::min(least, point.low);
    most = std::max(most, point.high);
    EXPECT_LT(point.low, point.high);
  }
  EXPECT_EQ(least, -99);
  EXPECT_EQ(most, 99);
}

TEST(BreakAtHoles, OnlyWideHolesBreak) {
  std::vector<Point> points;
  for (int i = 0; i < 10; ++i) points.push_back({static_cast<double>(i), 1});
  points.push_back({12, 1});
  points.push_back({30, 1});
  const std::vector<Point> broken = break_at_holes(points);
  ASSERT_EQ(broken.size(), points.size() + 1);
  EXPECT_EQ(broken[11].x, 21);
  EXPECT_TRUE(std::isnan(broken[11].y));
  EXPECT_EQ(break_at_holes(points, 20).size(), points.size());
}

}  // namespace
}  // namespace weir::png_plotter
