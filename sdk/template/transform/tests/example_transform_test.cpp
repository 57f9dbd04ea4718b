// SPDX-License-Identifier: Apache-2.0
#include "example_transform.hpp"

#include <gtest/gtest.h>

#include <weir/testing.hpp>

namespace {

using weir::testing::batch;
using weir::testing::Bench;
using weir::testing::run;

TEST(ExampleTransform, Averages) {
  const weir::Batch input = batch("v", {8, std::nullopt, 0, 0});
  const weir::Batch output = run<ExampleTransform>({{"column", "v"}, {"weight", "0.5"}}, input);
  EXPECT_EQ(output.without("v_smooth"), input);
  const weir::Column& smooth = output.column("v_smooth");
  EXPECT_EQ(smooth.number(0), 8);
  EXPECT_TRUE(smooth.is_null(1));
  EXPECT_EQ(smooth.number(2), 4);
  EXPECT_EQ(smooth.number(3), 2);
}

TEST(ExampleTransform, RemembersFromBatchToBatch) {
  Bench<ExampleTransform> bench({{"column", "v"}, {"weight", "0.5"}});
  bench.process(batch("v", {8})).process(batch("v", {0}));
  EXPECT_EQ(bench.take()[1].column("v_smooth").number(0), 4);
}

TEST(ExampleTransform, NamesTheColumnThatIsMissing) {
  EXPECT_THROW((void)run<ExampleTransform>({{"column", "w"}}, batch("v", {1})), weir::Error);
}

}  // namespace
