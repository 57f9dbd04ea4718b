// SPDX-License-Identifier: Apache-2.0
// Reference numbers: a script of plain sums that integrates the density of Student's t by Simpson's
// rule; it shares nothing with the code.
#include "diebold_mariano.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace weir::scoreboard {
namespace {

using Differences = std::vector<LossDifference>;

constexpr std::array losses{0.5, -1.2, 0.3, -0.8, -0.1, -0.9, 0.4, -1.1, -0.6, 0.2, -0.7, -0.3};

/// A gap of `gap` origins after the sixth.
Differences differences(std::int64_t gap = 0) {
  Differences result;
  for (std::int64_t i = 0; i < 12; ++i)
    result.push_back({i < 6 ? i : i + gap, losses[static_cast<std::size_t>(i)]});
  return result;
}

TEST(DieboldMariano, OneStepAhead) {
  const DieboldMariano test = diebold_mariano(differences(), 1);
  EXPECT_EQ(test.origins, 12U);
  EXPECT_NEAR(test.mean, -0.35833333333333334, 1e-12);
  EXPECT_NEAR(test.statistic, -2.045932723225425, 1e-12);
  EXPECT_NEAR(test.p, 0.06543242815465568, 1e-9);
  EXPECT_EQ(verdict(test), "no different (p = 0.065)");
}

TEST(DieboldMariano, SeveralStepsAheadAddAutocovariances) {
  const DieboldMariano test = diebold_mariano(differences(), 3);
  EXPECT_NEAR(test.statistic, -3.316863981527669, 1e-12);
  EXPECT_NEAR(test.p, 0.006869388873674598, 1e-9);
  EXPECT_EQ(verdict(test), "better (p = 0.007)");
}

TEST(DieboldMariano, OriginsAcrossAGapAreNoNeighbours) {
  const DieboldMariano test = diebold_mariano(differences(10), 3);
  EXPECT_NEAR(test.statistic, -4.132578126356882, 1e-12);
  EXPECT_NEAR(test.p, 0.0016648321681378127, 1e-9);
}

TEST(DieboldMariano, BartlettsWeightsWhereTheSumIsNotPositive) {
  Differences alternating;
  for (const double value : {1.1, -0.9, 1.2, -1.0, 0.8, -1.1, 1.3, -0.7})
    alternating.push_back({static_cast<std::int64_t>(alternating.size()), value});
  const DieboldMariano test = diebold_mariano(alternating, 2);
  EXPECT_NEAR(test.statistic, 0.5394885932988139, 1e-12);
  EXPECT_NEAR(test.p, 0.6062761557269931, 1e-9);
  EXPECT_EQ(verdict(test), "no different (p = 0.61)");
}

TEST(DieboldMariano, SwappedForecastsSwapTheVerdict) {
  Differences swapped = differences();
  for (LossDifference& difference : swapped) difference.value = -difference.value;
  EXPECT_EQ(verdict(diebold_mariano(swapped, 3)), "worse (p = 0.007)");
}

TEST(DieboldMariano, WhatCannotBeKnownIsSaid) {
  EXPECT_EQ(verdict(diebold_mariano({}, 1)), "not known");
  const Differences same(20, LossDifference{0, 0});
  EXPECT_EQ(verdict(diebold_mariano(same, 1)), "the same");
  Differences constant;
  for (std::int64_t i = 0; i < 20; ++i) constant.push_back({i, 0.1});
  EXPECT_EQ(verdict(diebold_mariano(constant, 1)), "not known");
  EXPECT_EQ(verdict(diebold_mariano(differences(), 12)), "not known");  // as many origins as steps
}

}  // namespace
}  // namespace weir::scoreboard
