// SPDX-License-Identifier: Apache-2.0
#include "scoreboard.hpp"

#include <gtest/gtest.h>

#include <weir/testing.hpp>

#include "samples.hpp"

namespace weir::scoreboard {
namespace {

using samples::predictions;
using testing::Bench;

TEST(Scoreboard, TellsAtTheEndWhoIsBest) {
  Bench<Scoreboard> bench({}, {"good.predictions", "bad.predictions"});
  bench.process(predictions("good", 20, 80, 1, 1), 0);
  bench.process(predictions("bad", 20, 80, 2, 0.5), 1);
  EXPECT_TRUE(bench.take().empty());
  bench.end_input(0).end_input(1).finish();
  const std::vector<Batch> taken = bench.take();
  ASSERT_EQ(taken.size(), 1U);
  const Batch& board = taken[0];
  EXPECT_EQ(board.measurement(), "scoreboard");
  ASSERT_EQ(board.rows(), 6U);
  EXPECT_EQ(board.column("model").text(0), "good");
  EXPECT_EQ(board.column("horizon_step").text(0), "all");
  EXPECT_EQ(board.column("horizon_step").text(2), "1");
  EXPECT_NEAR(board.column("mae").doubles()[0], 4.0 / 3, 1e-9);
  EXPECT_EQ(board.column("against_best").text(0), "the best");
  EXPECT_EQ(board.column("against_best").text(1), "worse (p < 0.001)");
  EXPECT_EQ(board.column("against_baseline").text(1), "worse (p < 0.001)");
  EXPECT_TRUE(board.column("mase").is_null(0));
  EXPECT_EQ(bench.logs().size(), 5U);  // title, header, two models, note
}

TEST(Scoreboard, CountsRowsThatCannotBeJudged) {
  BatchBuilder rows("predictions");
  const auto step = rows.tag("horizon_step");
  (void)rows.tag("column");
  (void)rows.tag("model");
  const auto actual = rows.field<double>("actual");
  const auto predicted = rows.field<double>("predicted");
  rows.row(1).set(step, "1").set(predicted, 2.0);
  rows.row(2).set(step, "soon").set(actual, 1.0).set(predicted, 2.0);
  Bench<Scoreboard> bench;
  bench.process(rows.build()).finish();
  EXPECT_EQ(bench.count("rows_without_truth_or_forecast"), 2U);
  EXPECT_TRUE(bench.take().empty());
  ASSERT_EQ(bench.logs().size(), 1U);
  EXPECT_EQ(bench.logs()[0], "no model gave predictions, so there is nothing to compare");
}

TEST(Scoreboard, SaysThatModelsShareNoForecast) {
  Bench<Scoreboard> bench;
  bench.process(predictions("early", 20, 30, 1, 0)).process(predictions("late", 50, 60, 1, 0));
  bench.finish();
  ASSERT_FALSE(bench.logs().empty());
  EXPECT_NE(bench.logs()[0].find("have no forecast in common"), std::string::npos);
}

}  // namespace
}  // namespace weir::scoreboard
