// SPDX-License-Identifier: Apache-2.0
#include "core/forecast/forecast_log.hpp"

#include <gtest/gtest.h>

#include "fake_models.hpp"
#include "weir/testing.hpp"

namespace weir::core {
namespace {

SeriesTable rows(std::initializer_list<std::pair<int, double>> given) {
  BatchBuilder builder("grid");
  const auto value = builder.field<double>("v");
  for (const auto& [second, number] : given) {
    auto row = builder.row(second * 1'000'000'000LL);
    if (!std::isnan(number)) row.set(value, number);
  }
  SeriesTable table({"*"}, {"v"});
  table.add(builder.build());
  return table;
}

Forecaster any_forecaster() {
  BatchBuilder builder("grid");
  const auto value = builder.field<double>("v");
  for (std::int64_t row = 0; row < 100; ++row)
    builder.row(row * 1'000'000'000).set(value, double(row % 2));
  SeriesTable table({"*"}, {"v"});
  table.add(builder.build());
  HarnessDeclaration::Options options;
  options.target = {"v"};
  options.sequence_length = 4;
  options.horizon = 2;
  static weir_host host{};
  host.size = sizeof host;
  return {table, options,
          [] {
            return std::make_unique<PluginModel>(*detail::Adapter<fakes::LastValue>::type(), host,
                                                 "m", OptionValues{});
          },
          [](const EpochRecord&) { return true; }, [] { return 0.0; }};
}

ForecastPoint expected(int second, std::size_t step, double value) {
  ForecastPoint point;
  point.time = second * 1'000'000'000LL;
  point.step = step;
  point.value = value;
  point.lower = value - 1;
  point.upper = value + 1;
  return point;
}

TEST(ForecastLog, ScoresOnceAndOnlyWithATruth) {
  Forecaster forecaster = any_forecaster();
  ForecastLog log({});
  const ForecastPoint points[] = {expected(1, 1, 5), expected(2, 2, 6), expected(3, 1, 7)};
  log.issued(points);
  const double nan = std::nan("");
  const SeriesTable table = rows({{0, 4}, {1, 5.5}, {2, nan}});
  const auto found = log.settle(table, 1, forecaster);
  ASSERT_EQ(found.scored.size(), 1U);
  EXPECT_EQ(found.scored[0].point.actual, 5.5);
  EXPECT_TRUE(log.settle(table, 1, forecaster).scored.empty());
}

TEST(ForecastLog, AForecastWhoseRowNeverCameIsForgotten) {
  Forecaster forecaster = any_forecaster();
  ForecastLog log({});
  const ForecastPoint points[] = {expected(1, 1, 5)};
  log.issued(points);
  EXPECT_TRUE(log.settle(rows({{0, 4}, {3, 5}}), 1, forecaster).scored.empty());
  EXPECT_TRUE(log.settle(rows({{0, 4}, {1, 5}}), 1, forecaster).scored.empty());
}

}  // namespace
}  // namespace weir::core
