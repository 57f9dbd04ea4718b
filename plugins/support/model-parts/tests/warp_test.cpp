// SPDX-License-Identifier: Apache-2.0
#include "warp.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <weir/model_testing.hpp>

namespace weir::model_parts {
namespace {

using weir::testing::ModelRows;

TEST(Warp, GoesThereAndBackInTheTargetsUnit) {
  ModelRows rows({.rows = 50, .sequence_length = 5, .horizon = 3},
                 [](std::size_t row, std::size_t) { return static_cast<double>(row) / 50; });
  weir_training_set& set = rows.raw_training();
  const double scale = 10;
  const double offset = 2;
  set.scale = &scale;
  set.offset = &offset;
  const Warp warp = Warp::logarithm_of(TrainingSet(set), 0, 50);
  ASSERT_TRUE(warp.logarithm);
  EXPECT_DOUBLE_EQ(warp.in(0.5), std::log(7.0));
  EXPECT_NEAR(warp.out(warp.in(0.5)), 0.5, 1e-12);
  EXPECT_TRUE(std::isnan(warp.in(std::nan(""))));
  // A value that is not positive counts as little; what comes back stays near what was learned.
  EXPECT_DOUBLE_EQ(warp.in(-5), warp.least - 1);
  EXPECT_LT(warp.out(1e9), 4);
}

TEST(Warp, LeavesValuesAloneThatAreNotAllPositive) {
  ModelRows rows({.rows = 50, .sequence_length = 5, .horizon = 3},
                 [](std::size_t row, std::size_t) { return static_cast<double>(row); });
  const Warp warp = Warp::logarithm_of(rows.training(), 0, 50);
  EXPECT_FALSE(warp.logarithm);
  EXPECT_EQ(warp.in(-3), -3);
  EXPECT_EQ(warp.out(7), 7);
}

}  // namespace
}  // namespace weir::model_parts
