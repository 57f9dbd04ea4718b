// SPDX-License-Identifier: Apache-2.0
#include "mixing.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace weir::model_parts {
namespace {

TEST(Mixing, SharesFallWithThePowerOfTheErrorAndSmallOnesAreNone) {
  const std::vector<double> errors{2.2, 2, 3};
  const std::vector<double> shares = shares_by_error(errors);
  EXPECT_NEAR(shares[0], std::pow(2 / 2.2, 6), 1e-12);
  EXPECT_EQ(shares[1], 1);
  EXPECT_EQ(shares[2], 0) << "(2 / 3)^6 is below a tenth";
  EXPECT_NEAR(shares_by_error(errors, 3)[2], std::pow(2.0 / 3, 3), 1e-12);
}

TEST(Mixing, NoErrorAtAllLeavesNothingToOthers) {
  const std::vector<double> errors{1, 0, std::numeric_limits<double>::infinity(), 0};
  EXPECT_EQ(shares_by_error(errors), (std::vector<double>{0, 1, 0, 1}));
}

}  // namespace
}  // namespace weir::model_parts
