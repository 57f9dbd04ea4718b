// SPDX-License-Identifier: Apache-2.0
#include "smoothing.hpp"

#include <gtest/gtest.h>

#include <chrono>

#include "models.hpp"

namespace weir::baseline_models::test {
namespace {

using namespace std::chrono_literals;

// By hand, with the recurrences of the header.
TEST(Smoothing, FollowsTheRecurrences) {
  const SmoothingForm form{Trend::additive, Seasonal::additive};
  const SmoothingWeights weights{0.5, 0.2, 0.1, 1};
  SmoothingState state{10, 1, {2, -2}, 0};
  state.update(form, weights, 15);  // forecast 13, error 2
  EXPECT_DOUBLE_EQ(state.level, 12);
  EXPECT_DOUBLE_EQ(state.slope, 1.4);
  EXPECT_DOUBLE_EQ(state.seasonal[0], 2.2);
  EXPECT_EQ(state.place, 1U);
  double ahead[3];
  state.forecast(form, weights, ahead);
  EXPECT_DOUBLE_EQ(ahead[0], 12 + 1.4 - 2);
  EXPECT_DOUBLE_EQ(ahead[1], 12 + 2.8 + 2.2);
  EXPECT_DOUBLE_EQ(ahead[2], 12 + 4.2 - 2);
}

TEST(Smoothing, MultipliesAndDamps) {
  const SmoothingForm form{Trend::damped, Seasonal::multiplicative};
  const SmoothingWeights weights{0.5, 0.2, 0.1, 0.9};
  SmoothingState state{10, 1, {2}, 0};
  state.update(form, weights, 24);  // ahead 10.9, forecast 21.8, error 2.2
  EXPECT_NEAR(state.level, 10.9 + 0.55, 1e-12);
  EXPECT_NEAR(state.slope, 0.9 + 0.22, 1e-12);
  EXPECT_NEAR(state.seasonal[0], 2 + 0.22 / 10.9, 1e-12);
  double ahead[2];
  state.forecast(form, weights, ahead);
  EXPECT_NEAR(ahead[1], (state.level + (0.9 + 0.81) * state.slope) * state.seasonal[0], 1e-12);
}

TEST(Smoothing, AMissingValueMovesTheStateOn) {
  const SmoothingForm form{Trend::additive, Seasonal::additive};
  SmoothingState state{10, 1, {2, -2}, 0};
  state.update(form, {0.5, 0.2, 0.1, 1}, std::nan(""));
  EXPECT_EQ(state.level, 11);
  EXPECT_EQ(state.slope, 1);
  EXPECT_EQ(state.seasonal[0], 2);
  EXPECT_EQ(state.place, 1U);
}

TEST(Smoothing, FindsASmallWeightForALevelUnderNoise) {
  std::vector<double> values;
  for (std::size_t row = 0; row < 400; ++row) values.push_back(10 + noise(row));
  double error = 0;
  const SmoothingForm form;
  const SmoothingWeights weights =
      best_weights(form, first_state(form, 1, values), values, 4, error);
  EXPECT_LT(weights.alpha, 0.15);
  EXPECT_LT(error, 0.6);
}

TEST(Ets, ChoosesASeasonWhereThereIsOneAndNoneWhereThereIsNone) {
  const auto chosen = [](auto value) {
    ModelRows rows({.rows = 24 * 13, .sequence_length = 6, .horizon = 6, .step = 1h, .season = 24},
                   value);
    const TrainingSet training = rows.training();
    const TargetSet set(training, 0);
    Ets ets;
    ets.choose(set, {}, [](auto...) { return true; });
    return ets;
  };
  EXPECT_EQ(
      chosen([](std::size_t row, std::size_t) { return daily(row) + 0.1 * noise(row); }).season(),
      24U);
  const Ets plain = chosen([](std::size_t row, std::size_t) { return 5 + noise(row); });
  EXPECT_EQ(plain.form().seasonal, Seasonal::none);
}

// A week of five-minute rows.
TEST(Ets, ALongSeasonWorks) {
  ModelRows rows(
      {.rows = 2016 * 3, .sequence_length = 12, .horizon = 6, .step = 5min, .season = 2016},
      [](std::size_t row, std::size_t) {
        return 5 + 3 * std::sin(2 * M_PI * static_cast<double>(row) / 2016) +
               (row % 2016 < 400 ? 4 : 0);
      });
  Bench<EtsModel> bench;
  fit(bench.node(), rows.training());
  EXPECT_LT(error(bench.node(), rows, 12, 6), 0.1);
}

}  // namespace
}  // namespace weir::baseline_models::test
