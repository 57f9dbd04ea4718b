// SPDX-License-Identifier: Apache-2.0
#include "mixing.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace weir::model_parts {
namespace {

TEST(Mixing, SharesFallWithThePowerOfTheErrorAndSmallOnesAreNone) {
  const std::vector<double> errors{2.2, 2, 3};
  const std::vector<double> shares = shares_by_error(errors, 6);
  EXPECT_NEAR(shares[0], std::pow(2 / 2.2, 6), 1e-12);
  EXPECT_EQ(shares[1], 1);
  EXPECT_EQ(shares[2], 0) << "(2 / 3)^6 is below a tenth";
  EXPECT_NEAR(shares_by_error(errors, 3)[2], std::pow(2.0 / 3, 3), 1e-12);
}

TEST(Mixing, NoErrorAtAllLeavesNothingToOthers) {
  const std::vector<double> errors{1, 0, std::numeric_limits<double>::infinity(), 0};
  EXPECT_EQ(shares_by_error(errors, 6), (std::vector<double>{0, 1, 0, 1}));
}

double trimmed(std::vector<WeightedValue> values, double trim) {
  return trimmed_mean(values, trim);
}

TEST(TrimmedMean, WithoutATrimGoesByTheWeights) {
  EXPECT_DOUBLE_EQ(trimmed({{10, 3}, {2, 1}}, 0), 8);
  EXPECT_DOUBLE_EQ(trimmed({{-4, 1}, {0, 1}, {6, 2}}, 0), 2);
}

TEST(TrimmedMean, LeavesOutAQuarterOfTheWeightAtEachEnd) {
  // Of four alike the outer two, however far they lie.
  EXPECT_DOUBLE_EQ(trimmed({{2, 1}, {1e9, 1}, {4, 1}, {-7, 1}}, outer_quarter), 3);
  // 10 has the lowest 40 %, of which 15 are left, then 20 with 30 %, then 5 of the last 30 %.
  EXPECT_NEAR(trimmed({{20, 3}, {10, 4}, {40, 3}}, outer_quarter),
              (0.15 * 10 + 0.3 * 20 + 0.05 * 40) / 0.5, 1e-12);
  // Who has three quarters of the weight has the say.
  EXPECT_DOUBLE_EQ(trimmed({{10, 4}, {-5, 1}}, outer_quarter), 10);
}

TEST(TrimmedMean, OfOneValueIsThatOneBitByBit) {
  for (const double trim : {0.0, outer_quarter}) EXPECT_EQ(trimmed({{0.1, 100}}, trim), 0.1);
}

TEST(TrimmedMean, NaNIsTheGreatest) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(trimmed({{nan, 1}, {5, 1}, {1, 1}, {3, 1}}, outer_quarter), 4);
  EXPECT_EQ(trimmed({{5, 1}, {nan, 1}, {1, 1}, {3, 1}}, outer_quarter), 4);
  EXPECT_TRUE(std::isnan(trimmed({{5, 1}, {nan, 2}, {1, 1}}, outer_quarter)));
}

TEST(TrimmedMean, DoesNotDependOnTheOrder) {
  for (const double trim : {0.0, outer_quarter, 1.0 / 3}) {
    EXPECT_EQ(trimmed({{0.3, 1}, {0.1, 2}, {0.7, 3}}, trim),
              trimmed({{0.7, 3}, {0.3, 1}, {0.1, 2}}, trim));
  }
}

}  // namespace
}  // namespace weir::model_parts
