// SPDX-License-Identifier: Apache-2.0
#include "combination.hpp"

#include <gtest/gtest.h>

#include <array>

namespace weir::lstm_model {
namespace {

double combined(Combination how, std::vector<double> counts, std::vector<double> values) {
  return TrimmedMean(how, std::move(counts)).of(values);
}

TEST(Combination, MeanGoesByTheWeights) {
  EXPECT_DOUBLE_EQ(combined(Combination::mean, {3, 1}, {10, 2}), 8);
  EXPECT_DOUBLE_EQ(combined(Combination::mean, {1, 1, 2}, {-4, 0, 6}), 2);
}

TEST(Combination, TrimmedLeavesOutAQuarterOfTheWeightAtEachEnd) {
  // Of four alike the outer two, however far they lie.
  EXPECT_DOUBLE_EQ(combined(Combination::trimmed, {1, 1, 1, 1}, {2, 1e9, 4, -7}), 3);
  // 10 has the lowest 40 %, of which 15 are left, then 20 with 30 %, then 5 of the last 30 %.
  EXPECT_NEAR(combined(Combination::trimmed, {3, 4, 3}, {20, 10, 40}),
              (0.15 * 10 + 0.3 * 20 + 0.05 * 40) / 0.5, 1e-12);
  // Who has three quarters of the weight has the say.
  EXPECT_DOUBLE_EQ(combined(Combination::trimmed, {4, 1}, {10, -5}), 10);
}

TEST(Combination, MedianCountsEachOnce) {
  EXPECT_DOUBLE_EQ(combined(Combination::median, {100, 1, 1}, {5, 1, 2}), 2);
  EXPECT_DOUBLE_EQ(combined(Combination::median, {1, 9, 1, 1}, {5, 1, 2, 30}), 3.5);
}

TEST(Combination, OfOneIsThatOneBitByBit) {
  for (const Combination how : {Combination::mean, Combination::median, Combination::trimmed})
    EXPECT_EQ(combined(how, {100}, {0.1}), 0.1);
}

TEST(Combination, DoesNotDependOnTheOrderOfTheMembers) {
  for (const Combination how : {Combination::mean, Combination::median, Combination::trimmed}) {
    EXPECT_EQ(combined(how, {1, 2, 3}, {0.3, 0.1, 0.7}), combined(how, {3, 1, 2}, {0.7, 0.3, 0.1}));
  }
}

}  // namespace
}  // namespace weir::lstm_model
