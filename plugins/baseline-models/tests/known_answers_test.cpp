// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "models.hpp"

namespace weir::baseline_models::test {
namespace {

using namespace std::chrono_literals;
using ::testing::DoubleEq;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Naive, RepeatsTheLastValueOfEachTarget) {
  ModelRows rows({.rows = 80, .features = 3, .targets = {2, 0}, .sequence_length = 4, .horizon = 2},
                 [](std::size_t row, std::size_t feature) {
                   return static_cast<double>(row + 100 * feature);
                 });
  Bench<NaiveModel> bench;
  fit(bench.node(), rows.training());
  EXPECT_THAT(bench.node().predict(rows.window(50)), ElementsAre(249, 49, 249, 49));
}

TEST(SeasonalNaive, RepeatsTheSeasonAndSkipsHoles) {
  ModelRows rows({.rows = 80, .sequence_length = 4, .horizon = 6, .season = 5},
                 [](std::size_t row, std::size_t) {
                   return row == 40 ? std::nan("") : static_cast<double>(row);
                 });
  Bench<SeasonalNaiveModel> bench;
  fit(bench.node(), rows.training());
  // Step 6 is a season and one row ahead: two seasons back. Row 40 is missing: row 35.
  EXPECT_THAT(bench.node().predict(rows.window(50)), ElementsAre(45, 46, 47, 48, 49, 45));
  EXPECT_THAT(bench.node().predict(rows.window(45)), ElementsAre(35, 41, 42, 43, 44, 35));
}

TEST(SeasonalNaive, WithoutASeasonSaysSoOnceAndIsNaive) {
  ModelRows rows({.rows = 80, .sequence_length = 4, .horizon = 2},
                 [](std::size_t row, std::size_t) { return static_cast<double>(row); });
  Bench<SeasonalNaiveModel> bench;
  fit(bench.node(), rows.training());
  EXPECT_THAT(bench.node().predict(rows.window(50)), ElementsAre(49, 49));
  rows.learn_validation();
  fit(bench.node(), rows.training());  // a warm start
  EXPECT_THAT(bench.logs(), ElementsAre(HasSubstr("no season is known")));
}

TEST(Drift, ContinuesTheMeanSlopeOfEverySeries) {
  ModelRows rows({.rows = 100, .sequence_length = 4, .horizon = 3, .train_percent = 100},
                 [](std::size_t row, std::size_t) {
                   // Two series; the step between them is no slope.
                   return row < 50 ? 2.0 * static_cast<double>(row)
                                   : 1000 + 2.0 * static_cast<double>(row);
                 });
  weir_training_set& set = rows.raw_training();
  const std::uint64_t begins[] = {0, 50};
  set.segments = begins;
  set.segment_count = 2;
  Bench<DriftModel> bench;
  fit(bench.node(), TrainingSet(set));
  EXPECT_THAT(bench.node().predict(rows.window(40)), ElementsAre(80, 82, 84));
}

TEST(MedianModel, IsTheMedianWhereNothingElseHelps) {
  ModelRows rows(
      {.rows = 600, .sequence_length = 8, .horizon = 3, .step = 7min},
      [](std::size_t row, std::size_t) { return 4 + noise(row) + (row % 10 == 0 ? 50 : 0); });
  Bench<MedianModel> bench;
  fit(bench.node(), rows.training());
  const Forecast forecast = bench.node().predict(rows.window(500));
  for (const double value : forecast) EXPECT_NEAR(value, 4.1, 0.25);
}

TEST(MedianModel, FindsTheMedianOfEachHour) {
  ModelRows rows({.rows = 24 * 20, .sequence_length = 6, .horizon = 12, .step = 1h, .season = 24},
                 [](std::size_t row, std::size_t) { return daily(row); });
  Bench<MedianModel> bench;
  fit(bench.node(), rows.training());
  EXPECT_LT(error(bench.node(), rows, 6, 12), 1e-9);
}

// Every model that knows seasons must be nearly exact where there is nothing but a season.
template <class Model>
double error_on_a_daily_wave() {
  ModelRows rows({.rows = 24 * 24, .sequence_length = 12, .horizon = 12, .step = 1h, .season = 24},
                 [](std::size_t row, std::size_t) { return daily(row); });
  Bench<Model> bench;
  fit(bench.node(), rows.training());
  return error(bench.node(), rows, 12, 12);
}
TEST(SeasonalModels, AreExactOnASeason) {
  EXPECT_LT(error_on_a_daily_wave<SeasonalNaiveModel>(), 1e-9);
  EXPECT_LT(error_on_a_daily_wave<EtsModel>(), 0.05);
  EXPECT_LT(error_on_a_daily_wave<RidgeModel>(), 0.02);
  EXPECT_LT(error_on_a_daily_wave<DecompositionModel>(), 0.1);
  EXPECT_GT(error_on_a_daily_wave<NaiveModel>(), 2);
}

// A line needs no season; the naive forecast is 6.5 off in the mean of 12 steps.
template <class Model>
double error_on_a_line() {
  ModelRows rows({.rows = 300, .sequence_length = 12, .horizon = 12},
                 [](std::size_t row, std::size_t) { return static_cast<double>(row); });
  Bench<Model> bench;
  fit(bench.node(), rows.training());
  return error(bench.node(), rows, 12, 12);
}
TEST(TrendModels, AreExactOnALine) {
  EXPECT_LT(error_on_a_line<DriftModel>(), 1e-9);
  EXPECT_LT(error_on_a_line<EtsModel>(), 0.5);
  EXPECT_LT(error_on_a_line<RidgeModel>(), 0.1);
  EXPECT_NEAR(error_on_a_line<NaiveModel>(), 6.5, 1e-9);
}

TEST(Decomposition, ADayAndAWeekTogether) {
  ModelRows rows(
      {.rows = 24 * 7 * 8, .sequence_length = 12, .horizon = 12, .step = 1h, .season = 24},
      [](std::size_t row, std::size_t) {
        const bool weekend = row / 24 % 7 >= 5;
        return daily(row) - (weekend ? 2 : 0) + 0.1 * noise(row);
      });
  Bench<DecompositionModel> with;
  fit(with.node(), rows.training());
  Bench<NaiveModel> naive;
  fit(naive.node(), rows.training());
  EXPECT_LT(error(with.node(), rows, 12, 12), 0.3);
  EXPECT_GT(error(naive.node(), rows, 12, 12), 2);
}

// y grows with another feature, one row later: only who looks at it can know.
TEST(Ridge, LearnsFromOtherFeatures) {
  ModelRows rows({.rows = 400, .features = 2, .sequence_length = 4, .horizon = 1},
                 [](std::size_t row, std::size_t feature) {
                   return feature == 1 ? noise(row) : (row == 0 ? 0 : 3 * noise(row - 1));
                 });
  Bench<RidgeModel> bench;
  fit(bench.node(), rows.training());
  EXPECT_LT(error(bench.node(), rows, 4, 1), 0.05);
}

// Growth by a factor of the level is a sum of logarithms.
TEST(Ridge, SeesTheLogarithmWhereASeasonGrowsWithTheLevel) {
  ModelRows rows({.rows = 24 * 30, .sequence_length = 12, .horizon = 6, .step = 1h, .season = 24},
                 [](std::size_t row, std::size_t) {
                   const double level = std::exp(2 * std::sin(static_cast<double>(row) / 90));
                   return level * daily(row);
                 });
  Bench<RidgeModel> bench;
  fit(bench.node(), rows.training());
  Bench<SeasonalNaiveModel> seasonal;
  fit(seasonal.node(), rows.training());
  EXPECT_LT(error(bench.node(), rows, 12, 6), 0.1 * error(seasonal.node(), rows, 12, 6));
}

}  // namespace
}  // namespace weir::baseline_models::test
