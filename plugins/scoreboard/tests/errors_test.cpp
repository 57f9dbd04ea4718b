// SPDX-License-Identifier: Apache-2.0
// Reference numbers: the formulas as plain sums in a script that shares nothing with the code.
#include "errors.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace weir::scoreboard {
namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

TEST(Errors, AsTheFormulasSay) {
  ErrorMeter meter(0.9);
  meter.add({10, 11, 9, 12});
  meter.add({12, 10, 9, 11});
  meter.add({9, 9.5, 10, 11});
  meter.add({0, 0, -1, 1});
  meter.add({11, 14, 12, 15});
  const Errors errors = meter.errors();
  EXPECT_EQ(errors.count, 5U);
  EXPECT_NEAR(errors.mae, 1.3, 1e-12);
  EXPECT_NEAR(errors.rmse, 1.6881943016134133, 1e-12);
  EXPECT_NEAR(errors.r2, 0.8471030042918455, 1e-12);
  EXPECT_NEAR(errors.smape_percent, 11.422206622206621, 1e-12);
  EXPECT_NEAR(errors.pinball_lower, 0.43, 1e-12);
  EXPECT_NEAR(errors.pinball_median, 0.65, 1e-12);
  EXPECT_NEAR(errors.pinball_upper, 0.28, 1e-12);
  EXPECT_NEAR(errors.pinball, 0.45333333333333337, 1e-12);
  EXPECT_NEAR(errors.coverage, 0.4, 1e-12);
  EXPECT_NEAR(errors.width, 2.2, 1e-12);
}

TEST(Errors, PinballLossIsLopsided) {
  EXPECT_DOUBLE_EQ(pinball_loss(10, 8, 0.9), 1.8);
  EXPECT_DOUBLE_EQ(pinball_loss(8, 10, 0.9), 0.2);
}

TEST(Errors, AConstantTruthHasNoR2AndNoIntervalNoCoverage) {
  ErrorMeter meter(0.9);
  meter.add({5, 6, missing, missing});
  meter.add({5, 4, missing, missing});
  const Errors errors = meter.errors();
  EXPECT_DOUBLE_EQ(errors.mae, 1);
  EXPECT_TRUE(std::isnan(errors.r2));
  EXPECT_TRUE(std::isnan(errors.coverage));
  EXPECT_TRUE(std::isnan(errors.width));
  EXPECT_TRUE(std::isnan(errors.pinball));
  EXPECT_TRUE(std::isnan(ErrorMeter(0.9).errors().mae));
}

}  // namespace
}  // namespace weir::scoreboard
