// SPDX-License-Identifier: Apache-2.0
//
// Rows that break careless models, for every model of the library.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <weir/error.hpp>

#include "models.hpp"

namespace weir::baseline_models::test {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

template <class Model>
class HardRows : public ::testing::Test {};
using All = ::testing::Types<NaiveModel, SeasonalNaiveModel, DriftModel, MedianModel, EtsModel,
                             RidgeModel, DecompositionModel>;
TYPED_TEST_SUITE(HardRows, All, );

void expect_finite(const Forecast& forecast) {
  for (const double value : forecast) EXPECT_TRUE(std::isfinite(value));
}

TYPED_TEST(HardRows, AConstantStaysOne) {
  ModelRows rows({.rows = 200, .sequence_length = 12, .horizon = 6, .step = 1h, .season = 24},
                 [](std::size_t, std::size_t) { return 0.5; });
  Bench<TypeParam> bench;
  fit(bench.node(), rows.training());
  for (const double value : bench.node().predict(rows.window(150))) EXPECT_NEAR(value, 0.5, 1e-6);
}

TYPED_TEST(HardRows, HolesBeforeTheWindowDoNoHarm) {
  ModelRows rows(
      {.rows = 24 * 16, .sequence_length = 8, .horizon = 6, .step = 1h, .season = 24},
      [](std::size_t row, std::size_t) { return row % 37 < 4 ? std::nan("") : daily(row); });
  Bench<TypeParam> bench;
  fit(bench.node(), rows.training());
  ASSERT_FALSE(rows.validation_windows().empty());
  for (const std::uint64_t window : rows.validation_windows())
    expect_finite(bench.node().predict(rows.window(window + 8)));
}

// Live, right after a start: no season back, only the window itself.
TYPED_TEST(HardRows, TheShortestWindowIsEnough) {
  ModelRows rows({.rows = 24 * 16, .sequence_length = 8, .horizon = 6, .step = 1h, .season = 24},
                 [](std::size_t row, std::size_t) { return daily(row); });
  Bench<TypeParam> bench;
  fit(bench.node(), rows.training());
  expect_finite(bench.node().predict(rows.window(8)));
}

TYPED_TEST(HardRows, AWindowOfOneRowAndOneStepWorks) {
  ModelRows rows({.rows = 60, .sequence_length = 1, .horizon = 1},
                 [](std::size_t row, std::size_t) { return noise(row); });
  Bench<TypeParam> bench;
  fit(bench.node(), rows.training());
  expect_finite(bench.node().predict(rows.window(30)));
}

TYPED_TEST(HardRows, OneTrainingWindowIsEnough) {
  ModelRows rows({.rows = 20, .sequence_length = 12, .horizon = 8, .train_percent = 100},
                 [](std::size_t row, std::size_t) { return noise(row); });
  ASSERT_EQ(rows.training().train().size(), 1U);
  Bench<TypeParam> bench;
  fit(bench.node(), rows.training());
  expect_finite(bench.node().predict(rows.window(20)));
}

TYPED_TEST(HardRows, TooFewRowsAreOneSentenceWithTheNumbers) {
  ModelRows rows({.rows = 30, .sequence_length = 24, .horizon = 12},
                 [](std::size_t row, std::size_t) { return noise(row); });
  Bench<TypeParam> bench;
  EXPECT_THAT([&] { fit(bench.node(), rows.training()); },
              ThrowsMessage<Error>(HasSubstr("sequence_length + horizon = 36")));
  EXPECT_THAT([&] { (void)bench.node().predict(rows.window(30)); },
              ThrowsMessage<Error>(HasSubstr("neither trained nor loaded")));
}

// What stands before the beginning of a series is another one's: changing it changes nothing.
TYPED_TEST(HardRows, NobodyLooksAcrossTheBeginningOfASeries) {
  const auto forecast = [](double before) {
    ModelRows rows({.rows = 400,
                    .sequence_length = 8,
                    .horizon = 6,
                    .step = 1h,
                    .season = 24,
                    .train_percent = 100},
                   [&](std::size_t row, std::size_t) { return row < 60 ? before : daily(row); });
    weir_training_set& set = rows.raw_training();
    const std::uint64_t begins[] = {0, 60};
    set.segments = begins;
    set.segment_count = 2;
    std::vector<std::uint64_t> windows;
    for (std::uint64_t window = 60; window + 14 <= 400; ++window) windows.push_back(window);
    const std::vector<std::uint64_t> train(windows.begin(), windows.begin() + 240);
    const std::vector<std::uint64_t> validation(windows.begin() + 254, windows.end());
    set.train = train.data();
    set.train_count = train.size();
    set.validation = validation.data();
    set.validation_count = validation.size();
    Bench<TypeParam> bench;
    fit(bench.node(), TrainingSet(set));
    weir_window window = rows.window(300).raw();
    window.values += 60;
    window.times += 60;
    window.rows = 240;
    return bench.node().predict(Window(window));
  };
  const Forecast one = forecast(5);
  const Forecast other = forecast(6);
  for (std::size_t i = 0; i < one.size(); ++i) EXPECT_NEAR(one[i], other[i], 0.2) << i;
}

TYPED_TEST(HardRows, ReportsOneRoundPerTarget) {
  ModelRows rows(
      {.rows = 200, .features = 2, .targets = {0, 1}, .sequence_length = 8, .horizon = 4},
      [](std::size_t row, std::size_t feature) { return noise(2 * row + feature); });
  const EpochListener listener;
  Progress progress = listener.progress();
  Bench<TypeParam> bench;
  bench.node().fit(rows.training(), progress);
  ASSERT_EQ(listener.epochs().size(), 2U);
  EXPECT_EQ(listener.epochs()[1].epoch, 2U);
  EXPECT_EQ(listener.epochs()[1].epochs, 2U);
  EXPECT_GT(listener.epochs()[0].validation_loss, 0);
}

}  // namespace
}  // namespace weir::baseline_models::test
