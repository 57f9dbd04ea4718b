// SPDX-License-Identifier: Apache-2.0
#include "core/forecast/forecaster.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "core/state/sealed_file.hpp"
#include "fake_models.hpp"
#include "weir/testing.hpp"

namespace weir::core {
namespace {

weir_host plain_host() {
  weir_host host{};
  host.size = sizeof host;
  return host;
}

template <class Model>
Forecaster::Make maker() {
  return [] {
    static const weir_host host = plain_host();
    return std::make_unique<PluginModel>(*detail::Adapter<Model>::type(), host, "m",
                                         OptionValues{});
  };
}

constexpr std::int64_t minute = 60'000'000'000;

SeriesTable ramp_table(std::size_t rows, double slope = 3) {
  BatchBuilder builder("grid");
  const auto value = builder.field<double>("v", "ms");
  for (std::size_t row = 0; row < rows; ++row) {
    builder.row(static_cast<std::int64_t>(row) * minute)
        .set(value, 100 + slope * static_cast<double>(row));
  }
  SeriesTable table({"*"}, {"v"});
  table.add(builder.build());
  return table;
}

HarnessDeclaration::Options small_options() {
  HarnessDeclaration::Options options;
  options.target = {"v"};
  options.sequence_length = 4;
  options.horizon = 3;
  return options;
}

bool go_on(const EpochRecord&) { return true; }
double no_clock() { return 0; }

std::string error_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(Forecaster, APerfectModelHasNoErrorInPhysicalUnits) {
  const SeriesTable table = ramp_table(100);
  Forecaster forecaster(table, small_options(), maker<fakes::Ramp>(), go_on, no_clock);
  const Evaluation& found = forecaster.evaluations().at(0);
  EXPECT_NEAR(found.mae, 0, 1e-9);
  EXPECT_NEAR(found.r2, 1, 1e-9);
  EXPECT_NEAR(found.skill_naive, 1, 1e-9);
  EXPECT_EQ(found.data_points, 100U);
  EXPECT_DOUBLE_EQ(found.minimum, 100);
  EXPECT_DOUBLE_EQ(found.maximum, 397);
  EXPECT_EQ(found.test_samples, 18U);  // rows 80..99, 3 ahead
  const auto points = forecaster.forecast(table);
  ASSERT_EQ(points.size(), 3U);
  EXPECT_EQ(points[0].time, 100 * minute);
  EXPECT_NEAR(points[2].value, 100 + 3 * 102, 1e-9);
  EXPECT_TRUE(std::isnan(points[0].actual));
}

TEST(Forecaster, TheNaiveForecastHasNoSkillAgainstItself) {
  const SeriesTable table = ramp_table(100);
  const Forecaster forecaster(table, small_options(), maker<fakes::LastValue>(), go_on, no_clock);
  const Evaluation& found = forecaster.evaluations().at(0);
  EXPECT_NEAR(found.mae, 3 * (1 + 2 + 3) / 3.0, 1e-9);
  EXPECT_NEAR(found.mae, found.naive_mae, 1e-9);
  EXPECT_NEAR(found.skill_naive, 0, 1e-12);
  EXPECT_NEAR(found.mase, 2, 1e-9);  // mae 6 over a one-step distance of 3
}

TEST(Forecaster, IntervalsHoldTheConstantErrorOfEachStep) {
  const SeriesTable table = ramp_table(100);
  Forecaster forecaster(table, small_options(), maker<fakes::LastValue>(), go_on, no_clock);
  const auto points = forecaster.forecast(table);
  EXPECT_NEAR(points[0].upper - points[0].value, 3, 1e-9);
  EXPECT_NEAR(points[2].upper - points[2].value, 9, 1e-9);
  EXPECT_GT(forecaster.evaluations().at(0).coverage, 0.99);
}

TEST(Forecaster, BoundsHold) {
  HarnessDeclaration::Options options = small_options();
  options.lower_bound = 0;
  const SeriesTable table = ramp_table(100, -1);
  Forecaster forecaster(table, options, maker<fakes::Ramp>(), go_on, no_clock);
  for (const ForecastPoint& point : forecaster.forecast(table)) {
    EXPECT_GE(point.value, 0);
    EXPECT_GE(point.lower, 0);
  }
}

TEST(Forecaster, TooFewRowsSaysHowMany) {
  const SeriesTable table = ramp_table(10);
  const std::string error =
      error_of([&] { Forecaster(table, small_options(), maker<fakes::Ramp>(), go_on, no_clock); });
  EXPECT_NE(error.find("one window takes 7 rows"), std::string::npos) << error;
  EXPECT_NE(error.find("the training part has 6 rows"), std::string::npos) << error;
}

TEST(Forecaster, ASeasonThatIsNoMultipleOfTheStepIsRefused) {
  HarnessDeclaration::Options options = small_options();
  options.season = std::chrono::seconds(90);
  const SeriesTable table = ramp_table(100);
  EXPECT_EQ(error_of([&] { Forecaster(table, options, maker<fakes::Ramp>(), go_on, no_clock); }),
            "season 90s is no multiple of the rows' distance, 1m");
}

TEST(Forecaster, RefusesScalesLearnedAfterTheTrainingPart) {
  BatchBuilder builder("grid");
  builder.add(
      {.name = "v", .scale = 2, .metadata = {{"weir.fitted_until", std::to_string(90 * minute)}}});
  for (std::int64_t row = 0; row < 100; ++row)
    builder.row(row * minute).set(BatchBuilder::Key{1}, double(row));
  SeriesTable table({"*"}, {"v"});
  table.add(builder.build());
  const std::string error =
      error_of([&] { Forecaster(table, small_options(), maker<fakes::Ramp>(), go_on, no_clock); });
  EXPECT_NE(error.find("scaled by rows after the training part"), std::string::npos) << error;
}

TEST(Forecaster, RefusesForecastsThatAreNotFinite) {
  const SeriesTable table = ramp_table(100);
  const std::string error = error_of(
      [&] { Forecaster(table, small_options(), maker<fakes::NotFinite>(), go_on, no_clock); });
  EXPECT_EQ(error, "the model forecast a value that is not finite");
}

TEST(Forecaster, StopsLearningWhenAsked) {
  const SeriesTable table = ramp_table(100);
  const Forecaster forecaster(
      table, small_options(), maker<fakes::Ramp>(),
      [](const EpochRecord& epoch) { return epoch.epoch < 2; }, no_clock);
  EXPECT_EQ(forecaster.history().size(), 2U);
}

TEST(ModelFile, ForecastsTheSameAfterLoading) {
  const SeriesTable table = ramp_table(100);
  Forecaster saved(table, small_options(), maker<fakes::LastValue>(), go_on, no_clock);
  Forecaster loaded(saved.save(), maker<fakes::LastValue>());
  loaded.check_fits(table);
  const auto first = saved.forecast(table);
  const auto second = loaded.forecast(table);
  ASSERT_EQ(first.size(), second.size());
  for (std::size_t i = 0; i < first.size(); ++i) {
    EXPECT_EQ(first[i].value, second[i].value);
    EXPECT_EQ(first[i].lower, second[i].lower);
  }
}

TEST(ModelFile, EveryTruncationAndEveryFlippedByteIsRefused) {
  const SeriesTable table = ramp_table(100);
  const std::string bytes =
      Forecaster(table, small_options(), maker<fakes::Ramp>(), go_on, no_clock).save();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_THROW(Forecaster(bytes.substr(0, size), maker<fakes::Ramp>()), Error) << size;
  }
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    std::string damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ 4);
    EXPECT_THROW(Forecaster(damaged, maker<fakes::Ramp>()), Error) << at;
  }
}

/// The file with another text in its head, under a right checksum.
std::string with_other_head(const std::string& bytes, const std::string& text,
                            const std::string& other) {
  constexpr std::size_t at_length = 12;
  std::uint32_t length = 0;
  std::memcpy(&length, bytes.data() + at_length, sizeof length);
  std::string head = bytes.substr(at_length + sizeof length, length);
  const std::size_t at = head.find(text);
  if (at == std::string::npos) throw std::runtime_error("the head has no " + text + ": " + head);
  head.replace(at, text.size(), other);
  SealedWriter out({.magic = "WEIRMODL", .version = 2, .subject = "", .name = "model file"});
  out.number(static_cast<std::uint32_t>(head.size()));
  out.bytes(head);
  const std::size_t rest = at_length + sizeof length + length;
  out.bytes(std::string_view(bytes).substr(rest, bytes.size() - 4 - rest));
  return out.seal();
}

TEST(ModelFile, RefusesNumbersThatAreNotWholeOrDoNotFit) {
  const SeriesTable table = ramp_table(100);
  const std::string bytes =
      Forecaster(table, small_options(), maker<fakes::Ramp>(), go_on, no_clock).save();
  const auto told = [&](const std::string& other) {
    const std::string changed = with_other_head(bytes, "\"sequence_length\":4", other);
    return error_of([&] { Forecaster(changed, maker<fakes::Ramp>()); });
  };
  EXPECT_EQ(told("\"sequence_length\":5"), "no error");
  const std::string wrong =
      "the model file's sequence_length is no whole number from 0 to 4294967295";
  for (const char* number : {"4.5", "-1", "1e30", "42949672950", "18446744073709551616", "\"4\""})
    EXPECT_EQ(told(std::string("\"sequence_length\":") + number), wrong) << number;
}

TEST(ModelFile, RefusesRowsOfAnotherShape) {
  const SeriesTable table = ramp_table(100);
  const Forecaster forecaster(table, small_options(), maker<fakes::Ramp>(), go_on, no_clock);
  SeriesTable other({"*"}, {"w"});
  other.add(testing::batch("w", {1, 2, 3}));
  EXPECT_NE(
      error_of([&] { forecaster.check_fits(other); }).find("rows every 1m, these come every 1s"),
      std::string::npos);
}

}  // namespace
}  // namespace weir::core
