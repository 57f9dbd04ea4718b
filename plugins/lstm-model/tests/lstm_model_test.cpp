// SPDX-License-Identifier: Apache-2.0
#include "lstm_model.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <weir/testing.hpp>

#include "training_data.hpp"

namespace weir::lstm_model {
namespace {

using test::Listener;
using test::TrainingData;
using testing::Bench;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

constexpr std::int64_t hour = 3'600'000'000'000;

double wave(std::size_t row, std::size_t feature) {
  return 0.5 + 0.4 * std::sin(0.3 * static_cast<double>(row) + static_cast<double>(feature));
}

// One network that goes one way, but for what `options` say.
testing::OptionTexts plain(const testing::OptionTexts& options) {
  testing::OptionTexts all = options;
  for (const auto& [name, value] : testing::OptionTexts{{"residual", "last"},
                                                        {"instance_norm", "false"},
                                                        {"seasonal_inputs", "false"},
                                                        {"relative", "false"},
                                                        {"schedule", "constant"},
                                                        {"warm_up", "0"},
                                                        {"layers", "64"},
                                                        {"learning_rate", "0.001"},
                                                        {"patience", "20"},
                                                        {"ensemble", "1"}}) {
    const bool named =
        std::any_of(options.begin(), options.end(),
                    [&, &option = name](auto& given) { return given.first == option; });
    if (!named) all.emplace_back(name, value);
  }
  return all;
}

struct Trained {
  Bench<LstmModel> bench;
  Listener listener;

  Trained(const testing::OptionTexts& options, const TrainingData& data,
          std::uint64_t stop_at = ~std::uint64_t{0})
      : bench(plain(options)), listener{stop_at} {
    Progress progress(listener.progress);
    bench.node().fit(TrainingSet(data.set), progress);
  }
};

// Mean absolute errors of the model and of the last value repeated, over the last 40 origins.
std::pair<double, double> errors(LstmModel& model, TrainingData& data) {
  double error = 0, naive = 0;
  std::size_t count = 0;
  const std::size_t rows = data.times.size();
  for (std::size_t origin = rows - data.set.horizon - 40; origin + data.set.horizon <= rows;
       ++origin) {
    data.window.rows = origin;
    const Forecast forecast = model.predict(Window(data.window));
    for (std::size_t j = 0; j < forecast.size(); ++j) {
      const std::size_t target = data.targets[j % data.targets.size()];
      const std::size_t row = origin + j / data.targets.size();
      const double truth = data.values[row * data.set.features + target];
      error += std::abs(forecast[j] - truth);
      naive += std::abs(data.values[(origin - 1) * data.set.features + target] - truth);
      ++count;
    }
  }
  return {error / static_cast<double>(count), naive / static_cast<double>(count)};
}

TEST(LstmModel, BeatsTheLastValueOnAWave) {
  TrainingData data(400, 3, {2, 0}, 12, 6, hour / 60, wave);
  for (const testing::OptionTexts& options :
       {testing::OptionTexts{{"layers", "16"}, {"epochs", "40"}},
        testing::OptionTexts{{"layers", "16,8"},
                             {"epochs", "60"},
                             {"activation", "relu"},
                             {"residual", "none"},
                             {"loss", "mse"}}}) {
    Trained trained(options, data);
    const auto [error, naive] = errors(trained.bench.node(), data);
    EXPECT_LT(error, 0.2 * naive);
  }
}

TEST(LstmModel, ReportsEveryEpoch) {
  const TrainingData data(200, 1, {0}, 8, 2, hour / 60, wave);
  const Trained trained({{"layers", "4"}, {"epochs", "6"}, {"patience", "0"}}, data);
  ASSERT_EQ(trained.listener.epochs.size(), 6U);
  double best = std::numeric_limits<double>::infinity();
  for (std::size_t j = 0; j < 6; ++j) {
    const weir_epoch& epoch = trained.listener.epochs[j];
    EXPECT_EQ(epoch.epoch, j + 1);
    EXPECT_EQ(epoch.epochs, 6U);
    best = std::min(best, epoch.validation_loss);
    EXPECT_EQ(epoch.best_loss, best);
    EXPECT_GT(epoch.loss, 0);
  }
}

TEST(LstmModel, ANetworkThatIsFedItsOwnForecastsIsJudgedByThem) {
  TrainingData data(100, 1, {0}, 8, 5, hour / 60, wave);
  Trained trained(
      {{"layers", "6"}, {"epochs", "30"}, {"strategy", "recursive"}, {"residual", "none"}}, data);
  double sum = 0;
  for (const std::uint64_t first : data.validation) {
    data.window.rows = first + 8;
    const Forecast forecast = trained.bench.node().predict(Window(data.window));
    for (std::size_t step = 0; step < 5; ++step)
      sum += std::abs(forecast[step] - wave(first + 8 + step, 0));
  }
  const double error = sum / static_cast<double>(5 * data.validation.size());
  EXPECT_NEAR(trained.listener.epochs.back().best_loss, error, 1e-6);
}

// Noise cannot be forecast: trust that was found at one step would leave more than the last value.
TEST(LstmModel, ANetworkThatIsFedItsOwnForecastsIsTrustedByThem) {
  TrainingData data(100, 1, {0}, 8, 5, hour / 60, [](std::size_t row, std::size_t) {
    return static_cast<double>((row * 2'654'435'761U >> 7U) % 1000) / 1000;
  });
  Trained trained({{"layers", "6"}, {"epochs", "3"}, {"strategy", "recursive"}}, data);
  double error = 0, naive = 0;
  for (const std::uint64_t first : data.validation) {
    data.window.rows = first + 8;
    const Forecast forecast = trained.bench.node().predict(Window(data.window));
    for (std::size_t step = 0; step < 5; ++step) {
      error += std::abs(forecast[step] - data.values[first + 8 + step]);
      naive += std::abs(data.values[first + 7] - data.values[first + 8 + step]);
    }
  }
  EXPECT_LE(error, naive * (1 + 1e-6));
}

TEST(LstmModel, WithoutValidationWindowsTheLossItselfCounts) {
  TrainingData data(100, 1, {0}, 8, 2, hour / 60, wave);
  data.set.validation_count = 0;
  const Trained trained({{"layers", "4"}, {"epochs", "3"}}, data);
  EXPECT_TRUE(std::isnan(trained.listener.epochs.back().validation_loss));
  EXPECT_TRUE(std::isfinite(trained.listener.epochs.back().best_loss));
}

TEST(LstmModel, StopsWhenAskedAndCanForecast) {
  const TrainingData data(200, 1, {0}, 8, 2, hour / 60, wave);
  Trained trained({{"layers", "4"}}, data, 2);
  EXPECT_EQ(trained.listener.epochs.size(), 2U);
  EXPECT_EQ(trained.bench.node().predict(Window(data.window)).size(), 2U);
}

TEST(LstmModel, GivesTheSameBytesForTheSameSeedOnOneAndTwoThreads) {
  TrainingData data(200, 2, {1}, 8, 3, hour, wave);
  const testing::OptionTexts options{{"layers", "9,5"}, {"epochs", "4"}};
  auto one = options, two = options;
  one.emplace_back("threads", "1");
  two.emplace_back("threads", "2");
  const std::string bytes = Trained(one, data).bench.node().save();
  EXPECT_EQ(Trained(one, data).bench.node().save(), bytes);
  EXPECT_EQ(Trained(two, data).bench.node().save(), bytes);
  data.set.seed = 2;
  EXPECT_NE(Trained(one, data).bench.node().save(), bytes);
}

TEST(LstmModel, ForecastsTheSameAfterSavingAndLoading) {
  const TrainingData data(24 * 16, 2, {1, 0}, 24, 3, hour, wave);
  Trained trained({{"layers", "6"}, {"epochs", "2"}}, data);
  Bench<LstmModel> loaded;
  loaded.node().load(trained.bench.node().save());
  EXPECT_EQ(loaded.node().predict(Window(data.window)),
            trained.bench.node().predict(Window(data.window)));
  EXPECT_EQ(loaded.node().save(), trained.bench.node().save());
}

// Noon is high for one hour, every day, and nothing in the window before tells when: only the
// clock.
TEST(LstmModel, LearnsTheTimeOfDayFromTheClock) {
  TrainingData data(24 * 40, 1, {0}, 2, 1, hour,
                    [](std::size_t row, std::size_t) { return row % 24 == 12 ? 1.0 : 0.0; });
  const testing::OptionTexts options{{"layers", "16"},
                                     {"epochs", "150"},
                                     {"patience", "0"},
                                     {"loss", "mse"},
                                     {"learning_rate", "0.01"}};
  auto blind = options;
  blind.emplace_back("calendar", "false");
  Trained with(options, data);
  Trained without(blind, data);
  EXPECT_LT(errors(with.bench.node(), data).first, 0.02);
  EXPECT_GT(errors(without.bench.node(), data).first, 0.03);
}

TEST(InputPlan, TakesACycleOnlyWhereTheRowsSpanItTwice) {
  const auto chosen = [](std::size_t rows, std::int64_t step) {
    const TrainingData data(rows, 1, {0}, 2, 1, step, wave);
    InputPlan plan;
    choose_calendar(plan, TrainingSet(data.set).rows(), rows, Duration{step});
    return std::pair(plan.daily, plan.weekly);
  };
  EXPECT_EQ(chosen(48, hour), std::pair(false, false));
  EXPECT_EQ(chosen(49, hour), std::pair(true, false));
  EXPECT_EQ(chosen(14 * 24 + 1, hour), std::pair(true, true));
  EXPECT_EQ(chosen(100, 24 * hour), std::pair(false, true));
  EXPECT_EQ(chosen(300, 200'000'000), std::pair(false, false));
}

TEST(InputPlan, ReadsTimesBeforeTheEpoch) {
  const std::int64_t time = -hour;  // 23 o'clock
  const double value = 0.25;
  InputPlan plan;
  plan.features = 1;
  plan.daily = true;
  float inputs[3];
  EXPECT_EQ(write_row(plan, false, Rows(&value, &time, 1, 1), 0, 0, inputs), inputs + 3);
  EXPECT_FLOAT_EQ(inputs[0], 0.25F);
  EXPECT_NEAR(inputs[1], std::sin(2 * M_PI * 23 / 24), 1e-6);
  EXPECT_NEAR(inputs[2], std::cos(2 * M_PI * 23 / 24), 1e-6);
}

TEST(LstmModel, SaysWhatIsWrong) {
  TrainingData data(100, 2, {1}, 8, 2, hour, wave);
  Trained trained({{"layers", "4"}, {"epochs", "1"}}, data);
  LstmModel& model = trained.bench.node();
  const auto message = [](const std::string& part) {
    return ThrowsMessage<Error>(HasSubstr(part));
  };

  Bench<LstmModel> fresh;
  EXPECT_THAT([&] { (void)fresh.node().predict(Window(data.window)); }, message("neither trained"));
  EXPECT_THAT([&] { (void)fresh.node().save(); }, message("neither trained"));

  weir_window other = data.window;
  other.features = 1;
  EXPECT_THAT([&] { (void)model.predict(Window(other)); }, message("features 1"));
  other = data.window;
  other.horizon = 3;
  EXPECT_THAT([&] { (void)model.predict(Window(other)); }, message("horizon 3"));
  other = data.window;
  other.sequence_length = 9;
  EXPECT_THAT([&] { (void)model.predict(Window(other)); }, message("sequence_length 9"));
  other = data.window;
  other.rows = 7;
  EXPECT_THAT([&] { (void)model.predict(Window(other)); }, message("7 rows"));

  EXPECT_THAT([&] { Trained({{"layers", "4,0"}}, data); }, message("1 to 4096"));
  EXPECT_THAT([&] { Trained({{"layers", "5000"}}, data); }, message("5000 units"));
  EXPECT_THAT([&] { Trained({{"layers", "4096,4096,4096"}}, data); }, message("parameters"));
  const TrainingData far_back(3'010, 1, {0}, 3'000, 1, hour, wave);
  EXPECT_THAT(
      [&] {
        Trained({{"layers", "512"}, {"batch_size", "512"}}, far_back);
      },
      message("MB of memory"));
  data.set.train_count = 0;
  EXPECT_THAT([&] { Trained({{"layers", "4"}}, data); }, message("no training window"));
}

TEST(LstmModel, SaysThatTrainingDiverged) {
  const TrainingData data(100, 1, {0}, 8, 2, hour,
                          [](std::size_t row, std::size_t) { return row % 2 == 0 ? 1e30 : -1e30; });
  EXPECT_THAT(
      [&] {
        Trained(
            {{"layers", "4"}, {"activation", "relu"}, {"loss", "mse"}, {"standardise", "false"}},
            data);
      },
      ThrowsMessage<Error>(HasSubstr("diverged in epoch 1")));
}

TEST(LstmModel, DescribesItself) {
  const std::string text = detail::describe<LstmModel>();
  EXPECT_THAT(text, HasSubstr(R"("kind":"model")"));
  EXPECT_THAT(text, HasSubstr(R"("choices":["relu","tanh"])"));
  EXPECT_THAT(text, HasSubstr(R"("presets":[{"name":"seed")"));
}

}  // namespace
}  // namespace weir::lstm_model
