// SPDX-License-Identifier: Apache-2.0
// Several series at once, gaps, and models that go on from what they have learned.
#include <gtest/gtest.h>

#include <cmath>
#include <memory>

#include "core/forecast/forecaster.hpp"
#include "fake_models.hpp"
#include "weir/testing.hpp"

namespace weir::core {
namespace {

/// Notes what each fit was given.
struct Spy : fakes::LastValue {
  static constexpr auto name = "spy", summary = "Repeats the last value and tells what it saw.";
  struct Seen {
    std::size_t features, train, validation, segments, rows, season;
    bool loaded;
  };
  static std::vector<Seen>& seen() {
    static std::vector<Seen> all;
    return all;
  }
  bool loaded = false;

  void fit(const TrainingSet& set, Progress& progress) {
    std::size_t segments = 1;
    for (std::size_t row = 1; row < set.rows().size(); ++row)
      segments += set.series_begin(row) == row ? 1U : 0U;
    seen().push_back({set.features(), set.train().size(), set.validation().size(), segments,
                      set.rows().size(), set.season(), loaded});
    fakes::LastValue::fit(set, progress);
  }
  void load(std::string_view bytes) {
    loaded = true;
    fakes::LastValue::load(bytes);
  }
};

weir_host plain_host() {
  weir_host host{};
  host.size = sizeof host;
  return host;
}

std::unique_ptr<ModelInstance> make_spy() {
  static const weir_host host = plain_host();
  return std::make_unique<PluginModel>(*detail::Adapter<Spy>::type(), host, "m", OptionValues{});
}

constexpr std::int64_t minute = 60'000'000'000;

/// `a` rises by 1, `b` falls by 2, `c` is no target; `missing` rows have no `a`.
SeriesTable two_series(std::size_t rows, std::initializer_list<std::size_t> missing = {}) {
  BatchBuilder builder("grid");
  const auto a = builder.field<double>("a");
  const auto b = builder.field<double>("b");
  const auto c = builder.field<double>("c");
  for (std::size_t row = 0; row < rows; ++row) {
    auto cells = builder.row(static_cast<std::int64_t>(row) * minute);
    cells.set(b, 500 - 2.0 * double(row)).set(c, 1.0 + double(row % 3));
    if (std::find(missing.begin(), missing.end(), row) == missing.end()) cells.set(a, double(row));
  }
  SeriesTable table({"*"}, {"a", "b"});
  table.add(builder.build());
  return table;
}

HarnessDeclaration::Options options(SeriesMode mode) {
  HarnessDeclaration::Options options;
  options.target = {"a", "b"};
  options.sequence_length = 4;
  options.horizon = 3;
  options.series = mode;
  return options;
}

Forecaster learn(const SeriesTable& table, const HarnessDeclaration::Options& chosen,
                 const WarmStart& warm = {}) {
  Spy::seen().clear();
  return {table, chosen, make_spy, [](const EpochRecord&) { return true; }, [] { return 0.0; },
          warm};
}

void expect_last_values(Forecaster& forecaster, const SeriesTable& table) {
  const auto points = forecaster.forecast(table);
  ASSERT_EQ(points.size(), 6U);
  for (const ForecastPoint& point : points)
    EXPECT_NEAR(point.value, point.target == 0 ? 99 : 302, 1e-9);
}

TEST(SeriesModes, TogetherIsOneFitOfAllColumns) {
  const SeriesTable table = two_series(100);
  Forecaster forecaster = learn(table, options(SeriesMode::together));
  ASSERT_EQ(Spy::seen().size(), 2U);
  EXPECT_EQ(Spy::seen()[0].features, 3U);
  expect_last_values(forecaster, table);
}

TEST(SeriesModes, EachFitsAModelPerTarget) {
  const SeriesTable table = two_series(100);
  Forecaster forecaster = learn(table, options(SeriesMode::each));
  ASSERT_EQ(Spy::seen().size(), 4U);
  EXPECT_EQ(Spy::seen()[0].features, 2U);
  expect_last_values(forecaster, table);
  EXPECT_EQ(forecaster.evaluations().size(), 2U);
  EXPECT_NEAR(forecaster.evaluations()[1].mae, 4, 1e-9);  // (2 + 4 + 6) / 3
}

TEST(SeriesModes, GlobalFitsOneModelFromTheWindowsOfAll) {
  const SeriesTable table = two_series(100);
  Forecaster forecaster = learn(table, options(SeriesMode::global));
  ASSERT_EQ(Spy::seen().size(), 2U);
  EXPECT_EQ(Spy::seen()[0].features, 4U);  // value, c, is a, is b
  EXPECT_EQ(Spy::seen()[0].segments, 2U);
  EXPECT_EQ(Spy::seen()[0].rows, 200U);
  expect_last_values(forecaster, table);
  Forecaster loaded(forecaster.save(), make_spy);
  expect_last_values(loaded, table);
}

TEST(Learning, TheValidationPartIsLearnedFromAfterItHasServed) {
  const SeriesTable table = two_series(100);
  learn(table, options(SeriesMode::together));
  ASSERT_EQ(Spy::seen().size(), 2U);
  const Spy::Seen& first = Spy::seen()[0];
  const Spy::Seen& second = Spy::seen()[1];
  EXPECT_FALSE(first.loaded);
  EXPECT_EQ(first.train, 64U - 6U);
  EXPECT_EQ(first.validation, 16U - 2U);
  EXPECT_TRUE(second.loaded);
  EXPECT_EQ(second.train, 80U - 6U);
  EXPECT_EQ(second.validation, 0U);
}

TEST(Learning, AWarmStartLoadsTheModelsOfTheSameColumns) {
  const SeriesTable table = two_series(100);
  const Forecaster before = learn(table, options(SeriesMode::each));
  learn(table, options(SeriesMode::each), before.warm_start());
  EXPECT_TRUE(Spy::seen()[0].loaded);
  WarmStart other = before.warm_start();
  other.columns = "x";
  learn(table, options(SeriesMode::each), other);
  EXPECT_FALSE(Spy::seen()[0].loaded);
}

TEST(Learning, TheSeasonIsHandedOver) {
  HarnessDeclaration::Options chosen = options(SeriesMode::together);
  chosen.season = std::chrono::minutes(12);
  learn(two_series(100), chosen);
  EXPECT_EQ(Spy::seen()[0].season, 12U);
}

TEST(Gaps, AWindowAcrossAMissingValueIsNotUsedUnlessTheLimitAllowsIt) {
  const SeriesTable table = two_series(100, {20});
  learn(table, options(SeriesMode::together));
  EXPECT_EQ(Spy::seen()[0].train, 58U - 7U);
  HarnessDeclaration::Options filling = options(SeriesMode::together);
  filling.gap_limit = 1;
  const Forecaster forecaster = learn(table, filling);
  EXPECT_EQ(Spy::seen()[0].train, 58U - 3U);  // those that would have to forecast it
  ASSERT_EQ(forecaster.notes().size(), 1U);
  EXPECT_NE(forecaster.notes()[0].find("1 missing values in gaps of at most 1 rows"),
            std::string::npos);
}

TEST(Notes, ATargetWithoutAValueIsRefusedAndAConstantOneIsTold) {
  BatchBuilder builder("grid");
  const auto a = builder.field<double>("a");
  const auto b = builder.field<double>("b");
  for (std::int64_t row = 0; row < 60; ++row) builder.row(row * minute).set(a, 7.0);
  (void)b;
  SeriesTable constant({"a"}, {"a"});
  constant.add(builder.build());
  HarnessDeclaration::Options chosen = options(SeriesMode::together);
  chosen.target = {"a"};
  const Forecaster forecaster = learn(constant, chosen);
  ASSERT_FALSE(forecaster.notes().empty());
  EXPECT_NE(forecaster.notes()[0].find("'a' is constant"), std::string::npos);
  SeriesTable empty({"*"}, {"b"});
  for (std::int64_t row = 0; row < 60; ++row) builder.row(row * minute).set(a, 7.0);
  empty.add(builder.build());
  try {
    learn(empty, chosen);
    FAIL();
  } catch (const Error& wrong) {
    EXPECT_STREQ(wrong.what(), "target 'b' has not one value in 60 rows");
  }
}

TEST(Notes, AHorizonThatTheTestPartCannotHoldIsToldWithTheNumbers) {
  HarnessDeclaration::Options chosen = options(SeriesMode::together);
  chosen.horizon = 12;
  const Forecaster forecaster = learn(two_series(50), chosen);
  ASSERT_FALSE(forecaster.notes().empty());
  EXPECT_NE(forecaster.notes().back().find("the test part has 10 rows"), std::string::npos);
}

TEST(Judging, IsDoneFromAboutAsManyOriginsAsAsked) {
  HarnessDeclaration::Options chosen = options(SeriesMode::together);
  chosen.test_origins = 5;  // of 18: every third
  EXPECT_EQ(learn(two_series(100), chosen).evaluations()[0].test_samples, 6U);
}

}  // namespace
}  // namespace weir::core
