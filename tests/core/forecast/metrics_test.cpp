// SPDX-License-Identifier: Apache-2.0
#include "core/forecast/metrics.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace weir::core {
namespace {

TEST(ErrorSums, AgreesWithFiguresByHand) {
  // Truths 1 2 3 4, forecasts 1 3 3 2: errors 0 1 0 -2; SSE 5, mean 2.5, SST 5.
  ErrorSums sums;
  sums.add(1, 1);
  sums.add(2, 3);
  sums.add(3, 3);
  sums.add(4, 2);
  EXPECT_DOUBLE_EQ(sums.mae(), 0.75);
  EXPECT_DOUBLE_EQ(sums.rmse(), std::sqrt(1.25));
  EXPECT_NEAR(sums.r2(), 0, 1e-12);
}

TEST(ErrorSums, WithoutPairsOrSpreadIsNotKnown) {
  ErrorSums sums;
  EXPECT_TRUE(std::isnan(sums.mae()));
  sums.add(3, 4);
  sums.add(3, 2);
  EXPECT_TRUE(std::isnan(sums.r2()));
}

TEST(Skill, IsZeroForTheBaselineItself) {
  EXPECT_DOUBLE_EQ(skill(2, 2), 0);
  EXPECT_DOUBLE_EQ(skill(1, 2), 0.5);
  EXPECT_DOUBLE_EQ(skill(3, 2), -0.5);
  EXPECT_TRUE(std::isnan(skill(1, 0)));
}

TEST(NaiveScale, LeavesMissingValuesOut) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const std::vector<double> values{1, 2, nan, 4, 7};
  EXPECT_DOUBLE_EQ(naive_scale(values, 1), (1 + 3) / 2.0);
  EXPECT_DOUBLE_EQ(naive_scale(values, 3), (3 + 5) / 2.0);
  EXPECT_TRUE(std::isnan(naive_scale(values, 5)));
}

}  // namespace
}  // namespace weir::core
