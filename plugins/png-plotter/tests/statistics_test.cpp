// SPDX-License-Identifier: Apache-2.0
#include "statistics.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <random>

#include "table.hpp"

namespace weir::png_plotter {
namespace {

using Columns = std::vector<std::vector<double>>;

// The textbook loop over the rows where both are there.
double plain_correlation(const std::vector<double>& x, const std::vector<double>& y) {
  double n = 0, sx = 0, sy = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (std::isnan(x[i]) || std::isnan(y[i])) continue;
    n += 1, sx += x[i], sy += y[i];
  }
  double xx = 0, yy = 0, xy = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (std::isnan(x[i]) || std::isnan(y[i])) continue;
    xx += (x[i] - sx / n) * (x[i] - sx / n);
    yy += (y[i] - sy / n) * (y[i] - sy / n);
    xy += (x[i] - sx / n) * (y[i] - sy / n);
  }
  return xy / std::sqrt(xx * yy);
}

Columns random_columns() {
  std::mt19937 random(3);
  std::normal_distribution<double> normal;
  Columns columns(5, std::vector<double>(999));
  for (std::size_t row = 0; row < 999; ++row) {
    const double common = normal(random);
    for (std::size_t c = 0; c < columns.size(); ++c) {
      columns[c][row] = 1e6 + common * static_cast<double>(c) - normal(random);
      if ((row * 7 + c) % 11 == 0) columns[c][row] = kMissing;
    }
  }
  return columns;
}

TEST(Correlation, EqualsThePlainLoopHoweverTheRowsAreCut) {
  const Columns columns = random_columns();
  for (const std::size_t rows : {1UL, 10UL, 250UL, 999UL}) {
    Correlation correlation(columns.size());
    for (std::size_t first = 0; first < 999; first += rows) {
      std::vector<std::span<const double>> parts;
      for (const auto& column : columns) {
        parts.push_back(std::span(column).subspan(first, std::min(rows, 999 - first)));
      }
      correlation.add(parts);
    }
    for (std::size_t i = 0; i < columns.size(); ++i) {
      for (std::size_t j = 0; j < columns.size(); ++j) {
        const double expected = i == j ? 1 : plain_correlation(columns[i], columns[j]);
        EXPECT_NEAR(correlation.at(i, j), expected, 1e-9) << rows << " rows, " << i << "," << j;
      }
    }
  }
}

TEST(Correlation, AColumnMayComeLater) {
  Correlation correlation(2);
  const Columns early{{9, 1, 5}, {2, 8, 3}};
  correlation.add(std::vector<std::span<const double>>(early.begin(), early.end()));
  correlation.add_column();
  const Columns late{{1, 2, 3}, {1, 2, 2}, {3, 2, 1}};
  correlation.add(std::vector<std::span<const double>>(late.begin(), late.end()));
  EXPECT_DOUBLE_EQ(correlation.at(0, 2), -1);
  EXPECT_NEAR(correlation.at(0, 1), plain_correlation({9, 1, 5, 1, 2, 3}, {2, 8, 3, 1, 2, 2}),
              1e-12);
  EXPECT_DOUBLE_EQ(correlation.at(2, 1), correlation.at(1, 2));
}

TEST(Correlation, SignsAndConstants) {
  const Columns columns{{1, 2, 3, 4}, {-2, -4, -6, -8}, {5, 5, 5, 5}, {kMissing, kMissing, 1, 2}};
  Correlation correlation(4);
  correlation.add(std::vector<std::span<const double>>(columns.begin(), columns.end()));
  EXPECT_DOUBLE_EQ(correlation.at(0, 1), -1);
  EXPECT_DOUBLE_EQ(correlation.at(1, 0), -1);
  EXPECT_TRUE(std::isnan(correlation.at(0, 2)));
  EXPECT_TRUE(std::isnan(correlation.at(2, 2)));
  EXPECT_TRUE(std::isnan(correlation.at(0, 3)));  // two shared rows say nothing
  EXPECT_TRUE(correlation.constant(2));
  EXPECT_FALSE(correlation.constant(3));
}

TEST(Quantile, InterpolatesLinearly) {
  EXPECT_EQ(quantile({4, 1, 3, 2}, 0), 1);
  EXPECT_EQ(quantile({4, 1, 3, 2}, 1), 4);
  EXPECT_DOUBLE_EQ(quantile({4, 1, 3, 2}, 0.5), 2.5);
  EXPECT_DOUBLE_EQ(quantile({10, 20}, 0.05), 10.5);
  EXPECT_TRUE(std::isnan(quantile({}, 0.5)));
}

TEST(Histogram, CountsEveryValueOnce) {
  std::mt19937 random(5);
  std::normal_distribution<double> normal;
  std::vector<double> values(5000);
  for (double& value : values) value = normal(random);
  values.push_back(1000);  // far out: counted, but it does not squeeze the rest into one bin
  const Histogram bins = histogram(values);
  const std::size_t inside =
      std::accumulate(bins.counts.begin(), bins.counts.end(), std::size_t{0});
  EXPECT_EQ(inside + bins.below + bins.above, values.size());
  EXPECT_GE(bins.counts.size(), 20U);
  EXPECT_LE(bins.counts.size(), 60U);
  EXPECT_LT(bins.low + bins.width * static_cast<double>(bins.counts.size()), 10);
  EXPECT_GE(bins.above, 1U);
}

TEST(Histogram, ConstantAndEmpty) {
  const std::vector<double> same(10, 3.0);
  const Histogram bins = histogram(same);
  EXPECT_GT(bins.width, 0);
  EXPECT_EQ(std::accumulate(bins.counts.begin(), bins.counts.end(), std::size_t{0}), 10U);
  EXPECT_TRUE(histogram({}).counts.empty());
}

}  // namespace
}  // namespace weir::png_plotter
