// SPDX-License-Identifier: Apache-2.0
#include "core/cli/summary.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace weir::core::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

Evaluation evaluation(double mae, double r2) {
  Evaluation found;
  found.target = "uplink.mbps";
  found.data_points = 1714;
  found.minimum = 0.37;
  found.maximum = 975.5;
  found.mean = 30.65;
  found.test_samples = 345;
  found.mae = mae;
  found.rmse = 2 * mae;
  found.r2 = r2;
  found.mase = 0.9;
  found.naive_mae = 50;
  found.skill_naive = 1 - mae / 50;
  found.seasonal_naive_mae = unknown;
  found.skill_seasonal_naive = unknown;
  found.median_mae = 40;
  found.skill_median = 1 - mae / 40;
  found.coverage = 0.91;
  found.epochs = 156;
  found.training_seconds = 1.5;
  return found;
}

TEST(Summary, OneModelHasItsFiguresWithSkillBesideThem) {
  EXPECT_EQ(
      forecast_summary({{"lstm", {evaluation(12.5, 0.8347)}}}),
      "\nlstm on uplink.mbps\n"
      "  Data summary\n"
      "    Data points          1714\n"
      "    Range                0.37 to 975.5\n"
      "    Average              30.65\n"
      "  Results on the test part\n"
      "    MAE                  12.5\n"
      "    Skill                +75.0 %: better than the last value repeated (MAE 50)\n"
      "                         +68.8 %: better than the median of the training part (MAE 40)\n"
      "    R2 score             0.8347\n"
      "    Epochs trained       156\n"
      "    Test samples         345\n"
      "    RMSE                 25\n"
      "    MASE                 0.9\n"
      "    Interval held        91.0 % of truths\n"
      "    Training time        1.50 s\n");
}

TEST(Summary, SaysPlainlyWhenNothingWasLearned) {
  const auto of = [](double mae, double r2) {
    return forecast_summary({{"lstm", {evaluation(mae, r2)}}});
  };
  EXPECT_THAT(of(50, 0.01),
              HasSubstr("R2 score             0.01: no better than the mean, always"));
  EXPECT_THAT(of(50, -0.04), HasSubstr("-0.04: no better than the mean, always"));
  EXPECT_THAT(of(60, -0.46), HasSubstr("-0.46: WORSE than the mean, always"));
  EXPECT_THAT(of(60, -0.46), HasSubstr("-20.0 %: WORSE than the last value repeated (MAE 50)"));
  EXPECT_THAT(of(40, 0), HasSubstr("+0.0 %: no better than the median of the training part"));
  EXPECT_THAT(of(50, unknown), HasSubstr("not known: the truth does not change"));
  EXPECT_THAT(of(50, unknown), HasSubstr("+0.0 %: no better than the last value repeated"));
}

TEST(Summary, AnEmptyTestPartIsSaid) {
  Evaluation found = evaluation(12, 0.5);
  found.test_samples = 0;
  const std::string text = forecast_summary({{"lstm", {found}}});
  EXPECT_THAT(text, HasSubstr("no window fits into the test part"));
  EXPECT_THAT(text, Not(HasSubstr("MAE")));
}

TEST(Summary, ManyModelsShareATableTheBestFirst) {
  const std::string text = forecast_summary({{"drift", {evaluation(55, 0.1)}},
                                             {"lstm", {evaluation(20, 0.7)}},
                                             {"ridge", {evaluation(25, 0.6)}}});
  EXPECT_THAT(text, HasSubstr("\nuplink.mbps\n  Data summary\n    Data points          1714\n"));
  EXPECT_LT(text.find("lstm"), text.find("ridge"));
  EXPECT_LT(text.find("ridge"), text.find("drift"));
  EXPECT_THAT(text, HasSubstr("-10.0 %"));
  EXPECT_THAT(text, Not(HasSubstr("use that one")));
}

TEST(Summary, WhenNoModelBeatsTheNaiveForecastItSaysSo) {
  EXPECT_THAT(forecast_summary({{"a", {evaluation(55, 0.1)}},
                                {"b", {evaluation(60, 0.1)}},
                                {"c", {evaluation(50, 0.1)}}}),
              HasSubstr("no model is better than the better naive forecast: use that one\n"));
}

}  // namespace
}  // namespace weir::core::cli
