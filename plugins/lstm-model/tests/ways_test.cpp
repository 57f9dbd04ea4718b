// SPDX-License-Identifier: Apache-2.0
//
// Lags, and which ways are tried and kept.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <regex>
#include <string>
#include <utility>
#include <vector>
#include <weir/model_testing.hpp>
#include <weir/testing.hpp>

#include "fitting.hpp"
#include "hourly_rows.hpp"
#include "lstm_model.hpp"
#include "network/random.hpp"

namespace weir::lstm_model {
namespace {

using test::count_up;
using test::daily;
using test::fit;
using test::hourly;
using test::model_of;
using testing::Bench;
using testing::EpochListener;
using ::testing::HasSubstr;
using testing::ModelRows;
using testing::OptionTexts;
using ::testing::ThrowsMessage;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

TEST(Lags, AreTheSeasonThenDayAndWeekWhereHalfOfTheWindowsKnowThem) {
  const auto chosen = [](std::size_t rows, std::size_t season) {
    ModelRows::Shape shape = hourly(rows);
    shape.season = season;
    ModelRows data(shape, count_up);
    InputPlan plan{6, 2, 3, {0}, false, false, {}, false};
    choose_lags(plan, data.training());
    return plan.lags;
  };
  using Lags = std::vector<std::uint32_t>;
  EXPECT_EQ(chosen(30, 0), Lags{});
  EXPECT_EQ(chosen(100, 0), Lags{24});
  EXPECT_EQ(chosen(100, 24), Lags{24});
  EXPECT_EQ(chosen(100, 12), (Lags{12, 24}));
  EXPECT_EQ(chosen(600, 168), (Lags{168, 24}));
  EXPECT_EQ(chosen(200, 168), Lags{24});
}

TEST(Lags, StandInTheWindowAndAheadOfIt) {
  ModelRows data(hourly(60), count_up);
  const InputPlan plan{2, 2, 3, {1}, false, false, {2, 24}, false};
  WindowInputs inputs;
  read_window(plan, data.window(50).rows(), std::chrono::hours(1), inputs);
  // Rows 48 and 49: two features, then the target 2 and 24 rows before.
  EXPECT_EQ(inputs.window, (std::vector<float>{48, 1048, 1046, 1024, 49, 1049, 1047, 1025}));
  // Rows 50, 51, 52: the newest known ones 2 or 4 rows before, then 24 rows before.
  EXPECT_EQ(inputs.known, (std::vector<float>{1048, 1049, 1048, 1026, 1027, 1028}));
}

TEST(Lags, WithoutARowSoFarBackTheOwnOrTheLastValueStandsThere) {
  ModelRows data(hourly(60),
                 [](std::size_t row, std::size_t f) { return row == 4 ? nan : count_up(row, f); });
  const InputPlan plan{2, 2, 3, {0}, false, false, {8}, false};
  WindowInputs inputs;
  read_window(plan, data.window(9).rows(), std::chrono::hours(1), inputs);
  EXPECT_EQ(inputs.window, (std::vector<float>{7, 1007, 7, 8, 1008, 0}));
  EXPECT_EQ(inputs.known, (std::vector<float>{1, 2, 3}));
  read_window(plan, data.window(12).rows(), std::chrono::hours(1), inputs);
  EXPECT_EQ(inputs.known, (std::vector<float>{11, 5, 6})) << "row 4 is missing";
  read_window(plan, data.window(2).rows(), std::chrono::hours(1), inputs);
  EXPECT_EQ(inputs.known, (std::vector<float>{1, 1, 1}));
}

TEST(Lags, StopAtTheBeginningOfASeries) {
  ModelRows data(hourly(60), count_up);
  const std::vector<std::uint64_t> begins{0, 40};
  weir_training_set raw = data.raw_training();
  raw.segments = begins.data();
  raw.segment_count = begins.size();
  const TrainingSet set(raw);
  const InputPlan plan{2, 2, 3, {0}, false, false, {8}, false};
  float row[3];
  write_row(plan, true, set.rows(), 47, set.series_begin(47), row);
  EXPECT_EQ(row[2], 47);
  write_row(plan, true, set.rows(), 48, set.series_begin(48), row);
  EXPECT_EQ(row[2], 40);
  EXPECT_FALSE(knows_lags(plan, set.rows(), 47, set.series_begin(47)));
  EXPECT_TRUE(knows_lags(plan, set.rows(), 48, set.series_begin(48)));
  float known[3];
  write_known(plan, set.rows(), 47, set.series_begin(47), 3, known);
  EXPECT_EQ(known[0], 46);
  EXPECT_EQ(known[1], 40);
}

const std::vector<OptionTexts>& options_that_train() {
  static const std::vector<OptionTexts> all{
      {},
      {{"residual", "seasonal"}},
      {{"instance_norm", "true"}},
      {{"residual", "last"}, {"dropout", "0.3"}, {"layers", "6,5"}},
      {{"residual", "last"}, {"ensemble", "3"}, {"combine", "median"}},
      {{"strategy", "recursive"}},
      {{"loss", "pinball"}, {"quantile", "0.8"}},
      {{"schedule", "cosine"}, {"warm_up", "2"}, {"weight_decay", "0.01"}},
      {{"epoch_windows", "50"}},
  };
  return all;
}

TEST(Determinism, TheSameBytesOnOneAndTwoThreadsForEveryOption) {
  for (const OptionTexts& options : options_that_train()) {
    SCOPED_TRACE(options.empty() ? "defaults" : options[0].first);
    const auto bytes = [&](const char* threads) {
      OptionTexts all{{"epochs", "3"}, {"refit_epochs", "2"}, {"threads", threads}};
      if (options.empty() || options.back().first != "layers") all.emplace_back("layers", "5");
      all.insert(all.end(), options.begin(), options.end());
      ModelRows rows(hourly(170), daily);
      Bench<LstmModel> bench(all);
      fit(bench, rows);
      std::string result = bench.node().save();
      Bench<LstmModel> later(all);
      later.node().load(result);
      rows.learn_validation();
      fit(later, rows);
      return result + later.node().save();
    };
    const std::string one = bytes("1");
    EXPECT_EQ(bytes("1"), one);
    EXPECT_EQ(bytes("2"), one);
  }
}

TEST(Auto, TriesTheWaysAndSaysWhatItKeeps) {
  ModelRows rows(hourly(170), daily);
  Bench<LstmModel> bench(OptionTexts{{"epochs", "3"}, {"layers", "4"}});
  fit(bench, rows);
  EXPECT_THAT(bench.logs(), ::testing::Contains(HasSubstr("residual last: validation loss")));
  EXPECT_THAT(bench.logs(), ::testing::Contains(
                                HasSubstr("residual last, seasonal inputs, relative: validation")));
  std::vector<std::pair<double, int>> kept;  // validation loss, weight
  for (const std::string& line : bench.logs()) {
    std::smatch found;
    if (std::regex_search(line, found, std::regex("loss ([0-9.]+)(, kept with weight ([0-9]+))?")))
      kept.emplace_back(std::stod(found[1]), found[3].matched ? std::stoi(found[3]) : 0);
  }
  ASSERT_EQ(kept.size(), 8U) << "four ways, each from two seeds";
  const double best = std::min_element(kept.begin(), kept.end())->first;
  for (const auto& [loss, weight] : kept) {
    const double share = 100 * std::pow(best / loss, 6);
    EXPECT_NEAR(weight, share < 10 ? 0 : share, 0.6) << loss;
  }
}

TEST(Auto, WithoutValidationGoesTheFirstWay) {
  ModelRows rows(hourly(170), daily);
  rows.learn_validation();
  Bench<LstmModel> bench(OptionTexts{{"epochs", "3"}, {"layers", "4"}});
  fit(bench, rows);
  const TrainedModel model = model_of(bench);
  ASSERT_EQ(model.members.size(), 2U) << "from two seeds";
  for (const Member& member : model.members)
    EXPECT_EQ(member.way, (Way{Residual::last, false, false, true, true, false}));
}

// Each network takes one epoch; the fifth is the first from another seed.
TEST(Auto, ASecondSeedThatIsStoppedDoesNotCount) {
  const auto members = [](std::uint64_t stop_at) {
    ModelRows rows(hourly(170), daily);
    Bench<LstmModel> bench(OptionTexts{{"epochs", "1"}, {"layers", "4"}});
    EpochListener listener(stop_at);
    Progress progress = listener.progress();
    bench.node().fit(rows.training(), progress);
    return model_of(bench).members.size();
  };
  EXPECT_EQ(members(5), 4U) << "the fifth was stopped";
  EXPECT_EQ(members(6), 5U);
}

std::vector<std::string> logs_of(OptionTexts options) {
  ModelRows rows(hourly(170), daily);
  options.emplace_back("epochs", "1");
  options.emplace_back("layers", "2");
  Bench<LstmModel> bench(options);
  fit(bench, rows);
  return bench.logs();
}

TEST(Ways, AreRelativeOnlyWhereThereIsABase) {
  const auto relative = ::testing::Contains(HasSubstr(", relative: validation loss"));
  EXPECT_THAT(logs_of({}), relative);
  EXPECT_THAT(logs_of({{"residual", "none"}}), ::testing::Not(relative));
}

TEST(Ways, SayWhatOtherOptionsLeaveWithoutAUse) {
  const auto left_out = [](const char* what) { return ::testing::Contains(HasSubstr(what)); };
  const auto relative = left_out("relative is left out");
  const auto standardise = left_out("standardise is left out");
  EXPECT_THAT(logs_of({}), ::testing::Not(left_out("left out")));
  EXPECT_THAT(logs_of({{"relative", "true"}}), ::testing::Not(left_out("left out")));
  EXPECT_THAT(logs_of({{"relative", "true"}, {"standardise", "false"}}), relative);
  EXPECT_THAT(logs_of({{"relative", "true"}, {"instance_norm", "true"}}), relative);
  EXPECT_THAT(logs_of({{"instance_norm", "true"}}), standardise);
  EXPECT_THAT(logs_of({{"instance_norm", "true"}, {"standardise", "false"}}),
              ::testing::Not(left_out("left out")));
}

TEST(Ways, AreLinearUpToAThousandValuesOfTheWindow) {
  for (const unsigned length : {513U, 514U}) {
    ModelRows::Shape shape = hourly(700);
    shape.sequence_length = length;
    ModelRows rows(shape, daily);
    Bench<LstmModel> bench(OptionTexts{{"epochs", "1"}, {"layers", "2"}, {"epoch_windows", "1"}});
    fit(bench, rows);
    const bool fits = 2 * (length - 1) <= max_known;
    const auto said = ::testing::Contains(HasSubstr("linear is left out"));
    if (fits) {
      EXPECT_THAT(bench.logs(), ::testing::Not(said));
    } else {
      EXPECT_THAT(bench.logs(), said);
    }
    for (const Member& member : model_of(bench).members) EXPECT_EQ(member.way.linear, fits);
  }
}

TEST(Seasonal, FallsBackToLastAndSaysSo) {
  ModelRows::Shape shape = hourly(170);
  for (const std::size_t season : {0U, 160U}) {
    shape.season = season;
    ModelRows rows(shape, daily);
    Bench<LstmModel> bench(OptionTexts{{"epochs", "2"}, {"layers", "4"}, {"residual", "seasonal"}});
    fit(bench, rows);
    EXPECT_THAT(bench.logs(), ::testing::Contains(HasSubstr("residual last instead of seasonal")));
    for (const Member& member : model_of(bench).members)
      EXPECT_EQ(member.way.residual, Residual::last);
  }
}

// A daily wave that a window of 6 hours does not show whole: season and day are the same here.
TEST(Seasonal, BeatsTheSeasonalNaiveForecastOnAGrowingWave) {
  ModelRows rows(hourly(400), [](std::size_t row, std::size_t feature) {
    return daily(row, feature) * (0.2 + 0.001 * static_cast<double>(row));
  });
  Bench<LstmModel> bench(OptionTexts{{"epochs", "60"}, {"layers", "8"}, {"residual", "seasonal"}});
  fit(bench, rows);
  double error = 0, naive = 0;
  for (std::size_t origin = 350; origin < 390; ++origin) {
    const Forecast forecast = bench.node().predict(rows.window(origin));
    for (std::size_t step = 0; step < 3; ++step) {
      error += std::abs(forecast[2 * step] - rows.value(origin + step, 1));
      naive += std::abs(rows.value(origin + step - 24, 1) - rows.value(origin + step, 1));
    }
  }
  EXPECT_LT(error, 0.8 * naive);
}

TEST(Constant, TargetsAreForecastAsTheyAre) {
  ModelRows rows(hourly(170),
                 [](std::size_t, std::size_t f) { return 0.25 + static_cast<double>(f); });
  for (const OptionTexts& options : options_that_train()) {
    OptionTexts all{{"epochs", "2"}};
    all.insert(all.end(), options.begin(), options.end());
    Bench<LstmModel> bench(all);
    fit(bench, rows);
    for (std::size_t j = 0; const double value : bench.node().predict(rows.window(100)))
      EXPECT_NEAR(value, j++ % 2 == 0 ? 1.25 : 0.25, 0.2)
          << (options.empty() ? "" : options[0].first);
  }
}

TEST(Pinball, ForecastsItsQuantile) {
  Random random(3);
  std::vector<double> noise(600);
  for (double& value : noise) value = random.uniform();
  ModelRows::Shape shape = hourly(600);
  shape.season = 0;
  shape.step = std::chrono::seconds(1);
  ModelRows rows(shape, [&](std::size_t row, std::size_t) { return noise[row]; });
  for (const char* quantile : {"0.2", "0.8"}) {
    Bench<LstmModel> bench(OptionTexts{{"epochs", "20"},
                                       {"layers", "4"},
                                       {"residual", "none"},
                                       {"instance_norm", "false"},
                                       {"loss", "pinball"},
                                       {"quantile", quantile}});
    fit(bench, rows);
    std::size_t below = 0, count = 0;
    for (std::size_t origin = 300; origin < 590; ++origin) {
      for (const double value : bench.node().predict(rows.window(origin)))
        below += noise[origin + count++ % 6 / 2] <= value ? 1U : 0U;
    }
    EXPECT_NEAR(static_cast<double>(below) / static_cast<double>(count), std::stod(quantile), 0.12);
  }
}

TEST(OnnxFile, InAFolderThatIsNotThereIsRefusedAtTheStart) {
  EXPECT_THAT(
      [] {
        Bench<LstmModel> bench(OptionTexts{{"onnx_file", "/not/there/a.onnx"}});
      },
      ThrowsMessage<std::exception>(HasSubstr("/not/there")));
}

}  // namespace
}  // namespace weir::lstm_model
