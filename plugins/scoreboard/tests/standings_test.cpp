// SPDX-License-Identifier: Apache-2.0
#include "standings.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include <weir/error.hpp>
#include "samples.hpp"
#include "table.hpp"

namespace weir::scoreboard {
namespace {

using samples::predictions;

/// With errors of 1 (2 at every third of 60 origins) and of 2 (2.5).
Forecasts two_models() {
  Forecasts forecasts;
  forecasts.add(predictions("good", 20, 80, 1, 1));
  forecasts.add(predictions("bad", 20, 80, 2, 0.5));
  return forecasts;
}

TEST(Standings, PlacesModelsByTheirErrorOverAllStepsAndAtEach) {
  const std::vector<Standing> rows = standings(two_models(), 0.9);
  ASSERT_EQ(rows.size(), 2U * 3U);  // all, 1, 2
  EXPECT_EQ(rows[0].model, "good");
  EXPECT_EQ(rows[0].place, 1U);
  EXPECT_EQ(rows[0].step, 0U);
  EXPECT_EQ(rows[0].unit, "ms");
  EXPECT_EQ(rows[0].errors.count, 120U);
  EXPECT_NEAR(rows[0].errors.mae, 1 + 1.0 / 3, 1e-9);
  EXPECT_NEAR(rows[1].errors.mae, 2 + 0.5 / 3, 1e-9);
  EXPECT_EQ(rows[1].best, "good");
  EXPECT_EQ(rows[2].step, 1U);
  EXPECT_EQ(rows[2].errors.count, 60U);
  EXPECT_EQ(rows[5].step, 2U);
  EXPECT_NEAR(rows[5].errors.coverage, 2.0 / 3, 1e-9);  // 2.5 is outside of 2, 2 is not
}

TEST(Standings, SaysWhetherADifferenceIsLuck) {
  const std::vector<Standing> rows = standings(two_models(), 0.9);
  EXPECT_TRUE(std::isnan(rows[0].against_best.p));
  EXPECT_LT(rows[1].against_best.p, 0.001);
  EXPECT_GT(rows[1].against_best.statistic, 0);
  EXPECT_EQ(rows[1].against_best.origins, 60U);
  EXPECT_EQ(rows[0].baseline, "seasonal naive");
  EXPECT_NEAR(rows[0].seasonal_naive_mae, 0.5, 1e-9);
  EXPECT_NEAR(rows[0].skill_seasonal_naive, 1 - (4.0 / 3) / 0.5, 1e-9);
  EXPECT_GT(rows[0].skill_naive, 0);
  EXPECT_EQ(verdict(rows[0].against_baseline), "worse (p < 0.001)");
}

TEST(Standings, RoundingIsNoDifference) {
  Forecasts forecasts;
  forecasts.add(predictions("one", 20, 80, 1, 1));
  forecasts.add(predictions("other", 20, 80, 1 + 1e-13, 1));
  EXPECT_EQ(verdict(standings(forecasts, 0.9)[1].against_best), "the same");
}

TEST(Standings, JudgesOnTheForecastsThatAllMade) {
  Forecasts forecasts;
  forecasts.add(predictions("long", 20, 80, 1, 0));
  forecasts.add(predictions("short", 50, 90, 2, 0));
  const std::vector<Standing> rows = standings(forecasts, 0.9);
  EXPECT_EQ(rows[0].errors.count, 60U);
  EXPECT_EQ(rows[1].errors.count, 60U);
  EXPECT_EQ(rows[1].against_best.origins, 30U);
}

TEST(Standings, ModelsWithNothingInCommonAreNotCompared) {
  Forecasts forecasts;
  forecasts.add(predictions("early", 20, 30, 1, 0));
  forecasts.add(predictions("late", 50, 60, 2, 0));
  EXPECT_TRUE(standings(forecasts, 0.9).empty());
}

TEST(Standings, WithoutBaselinesThereIsNoSkill) {
  Forecasts forecasts;
  forecasts.add(predictions("one", 20, 50, 1, 1, false));
  const std::vector<Standing> rows = standings(forecasts, 0.9);
  EXPECT_EQ(rows[0].baseline, "");
  EXPECT_TRUE(std::isnan(rows[0].skill_naive));
  EXPECT_TRUE(std::isnan(rows[0].mase));
  const std::vector<std::string> lines = table_lines(rows);
  ASSERT_EQ(lines.size(), 4U);
  EXPECT_NE(lines[0].find("2 steps ahead, 60 forecasts of each model from 30 origins"),
            std::string::npos)
      << lines[0];
}

TEST(Standings, TheScaleOfMaseComesFromTheEvaluation) {
  BatchBuilder rows("evaluation");
  const auto column = rows.tag("column");
  const auto scale = rows.field<double>("mase_scale");
  rows.row(1).set(column, "ping.rtt_ms").set(scale, 2.0);
  Forecasts forecasts = two_models();
  forecasts.add(rows.build());
  EXPECT_NEAR(standings(forecasts, 0.9)[0].mase, (4.0 / 3) / 2, 1e-9);
}

TEST(Standings, ALaterForecastOfAMomentReplacesTheEarlier) {
  Forecasts forecasts;
  forecasts.add(predictions("one", 20, 50, 5, 0));
  forecasts.add(predictions("one", 20, 50, 1, 0));
  EXPECT_NEAR(standings(forecasts, 0.9)[0].errors.mae, 1, 1e-9);
}

TEST(Standings, OtherMeasurementsAreRefused) {
  Forecasts forecasts;
  try {
    forecasts.add(predictions("one", 20, 50, 5, 0).renamed("icmp"));
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(),
                 "the scoreboard cannot use 'icmp'; feed it from a model's ports predictions and "
                 "evaluation");
  }
  EXPECT_THROW(forecasts.add(predictions("one", 20, 50, 5, 0).without("model")), Error);
}

TEST(Table, ColumnsStandBelowEachOther) {
  const std::vector<std::string> lines = table_lines(standings(two_models(), 0.9));
  ASSERT_EQ(lines.size(), 5U);
  EXPECT_EQ(lines[1].find("MAE") + 3, lines[2].find("1.333") + 5);
  EXPECT_EQ(lines[1].find("than the best"), lines[2].find("the best"));
  EXPECT_EQ(lines[1].find("than the best"), lines[3].find("worse (p < 0.001)", 100));
  EXPECT_NE(lines[1].find("than the seasonal naive"), std::string::npos);
}

}  // namespace
}  // namespace weir::scoreboard
