// SPDX-License-Identifier: Apache-2.0
#include "boosted_trees_model.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <weir/error.hpp>
#include <weir/model_testing.hpp>
#include <weir/testing.hpp>

namespace weir::boosted_trees_model {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;
using weir::testing::Bench;
using weir::testing::EpochListener;
using weir::testing::ModelRows;

const weir::testing::OptionTexts quick{
    {"rounds", "40"}, {"learning_rate", "0.2"}, {"min_samples", "5"}, {"patience", "10"}};

double daily(std::size_t row, std::size_t feature) {
  return 5 + 3 * std::sin(2 * M_PI * static_cast<double>(row + 5 * feature) / 24);
}

// The naive forecast errs where a plateau ends; by the clock everything is known.
double plateau(std::size_t row, std::size_t) { return row % 24 < 8 ? 10 : 2; }

std::vector<weir_epoch> fit(BoostedTreesModel& model, const TrainingSet& set,
                            std::uint64_t stop_at = ~std::uint64_t{0}) {
  const EpochListener listener(stop_at);
  Progress progress = listener.progress();
  model.fit(set, progress);
  return listener.epochs();
}

TEST(BoostedTreesModel, LearnsWhatTheNaiveForecastCannot) {
  ModelRows rows({.rows = 24 * 25, .sequence_length = 6, .horizon = 6, .step = 1h}, plateau);
  Bench<BoostedTreesModel> bench(quick);
  fit(bench.node(), rows.training());
  double error = 0;
  double naive = 0;
  for (const std::uint64_t window : rows.validation_windows()) {
    const std::size_t origin = window + 6;
    const Forecast forecast = bench.node().predict(rows.window(origin));
    for (std::size_t step = 0; step < 6; ++step) {
      error += std::abs(forecast[step] - rows.value(origin + step));
      naive += std::abs(rows.value(origin - 1) - rows.value(origin + step));
    }
  }
  EXPECT_LT(error, 0.1 * naive);
}

TEST(BoostedTreesModel, SavedTreesForecastTheSameAndAreDeterministic) {
  ModelRows rows({.rows = 24 * 14,
                  .features = 2,
                  .targets = {1, 0},
                  .sequence_length = 6,
                  .horizon = 3,
                  .step = 1h},
                 daily);
  Bench<BoostedTreesModel> one(quick);
  Bench<BoostedTreesModel> two(quick);
  fit(one.node(), rows.training());
  fit(two.node(), rows.training());
  const std::string bytes = one.node().save();
  EXPECT_EQ(two.node().save(), bytes);
  Bench<BoostedTreesModel> loaded(quick);
  loaded.node().load(bytes);
  for (const std::size_t origin : {6U, 60U, 300U})
    EXPECT_EQ(loaded.node().predict(rows.window(origin)), one.node().predict(rows.window(origin)));
  EXPECT_EQ(loaded.node().save(), bytes);

  const std::size_t stride = std::max<std::size_t>(1, bytes.size() / 200);
  std::string damaged = bytes;
  for (std::size_t at = 0; at < bytes.size(); at += stride) {
    EXPECT_THROW(loaded.node().load(std::string_view(bytes).substr(0, at)), Error) << at;
    damaged[at] = static_cast<char>(damaged[at] ^ 16);
    EXPECT_THROW(loaded.node().load(damaged), Error) << at;
    damaged[at] = bytes[at];
  }
  EXPECT_EQ(loaded.node().save(), bytes);
}

TEST(BoostedTreesModel, AWarmStartTakesAsManyRounds) {
  ModelRows rows({.rows = 24 * 14, .sequence_length = 6, .horizon = 3, .step = 1h}, plateau);
  Bench<BoostedTreesModel> bench(quick);
  const auto first = fit(bench.node(), rows.training());
  ASSERT_FALSE(first.empty());
  rows.learn_validation();
  std::vector<std::size_t> rounds;
  for (const char* trees : {"2", "5"}) {
    testing::OptionTexts options = quick;
    options.emplace_back("trees_per_round", trees);
    Bench<BoostedTreesModel> warm(options);
    warm.node().load(bench.node().save());
    const auto second = fit(warm.node(), rows.training());
    ASSERT_FALSE(second.empty());
    EXPECT_LE(second.size(), first.size());
    EXPECT_EQ(second.back().epoch, second.back().epochs);
    EXPECT_TRUE(std::isnan(second.back().validation_loss));
    rounds.push_back(second.size());
  }
  EXPECT_EQ(rounds[1], rounds[0]);
}

TEST(BoostedTreesModel, AStopLeavesAModelThatForecasts) {
  ModelRows rows({.rows = 300, .sequence_length = 6, .horizon = 3, .step = 1h}, plateau);
  for (const std::uint64_t stop_at : {1U, 3U}) {
    Bench<BoostedTreesModel> bench(quick);
    fit(bench.node(), rows.training(), stop_at);
    for (const double value : bench.node().predict(rows.window(100)))
      EXPECT_TRUE(std::isfinite(value));
  }
}

TEST(BoostedTreesModel, HardRowsDoNoHarm) {
  const auto forecast = [](ModelRows::Shape shape, auto value, std::size_t known) {
    ModelRows rows(std::move(shape), value);
    Bench<BoostedTreesModel> bench(quick);
    fit(bench.node(), rows.training());
    return bench.node().predict(rows.window(known));
  };
  const auto constant = [](std::size_t, std::size_t) { return 0.5; };
  for (const double value :
       forecast({.rows = 150, .sequence_length = 8, .horizon = 4}, constant, 100)) {
    EXPECT_NEAR(value, 0.5, 1e-6);
  }
  const auto holes = [](std::size_t row, std::size_t) {
    return row % 37 < 4 ? std::nan("") : daily(row, 0);
  };
  const ModelRows::Shape hourly{.rows = 24 * 16, .sequence_length = 8, .horizon = 6, .step = 1h};
  for (const std::size_t known : {37U * 5U, 12U})
    for (const double value : forecast(hourly, holes, known)) EXPECT_TRUE(std::isfinite(value));
  const ModelRows::Shape one{.rows = 60, .sequence_length = 1, .horizon = 1};
  EXPECT_TRUE(std::isfinite(forecast(one, plateau, 30)[0]));
}

TEST(BoostedTreesModel, TooFewRowsAreOneSentenceWithTheNumbers) {
  ModelRows rows({.rows = 30, .sequence_length = 24, .horizon = 12}, daily);
  Bench<BoostedTreesModel> bench(quick);
  EXPECT_THAT([&] { fit(bench.node(), rows.training()); },
              ThrowsMessage<Error>(HasSubstr("sequence_length + horizon = 36")));
}

}  // namespace
}  // namespace weir::boosted_trees_model
