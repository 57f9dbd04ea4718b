// SPDX-License-Identifier: Apache-2.0
#include "core/forecast/series_table.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "weir/testing.hpp"

namespace weir::core {
namespace {

Batch at_times(std::initializer_list<std::int64_t> times) {
  BatchBuilder rows("grid");
  const auto value = rows.field<double>("v");
  for (const std::int64_t time : times) rows.row(time).set(value, static_cast<double>(time));
  return rows.build();
}

std::string error_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(SeriesTable, LeavesOutFeaturesWithoutAnyValue) {
  BatchBuilder rows("grid");
  const auto empty = rows.field<double>("empty");
  const auto value = rows.field<double>("v");
  for (std::int64_t time = 0; time < 3; ++time)
    rows.row(time).set(value, 1.0).set(empty, std::optional<double>{});
  SeriesTable table({"*"}, {"v"});
  table.add(rows.build());
  EXPECT_FALSE(table.complete(0));
  EXPECT_EQ(table.drop_empty_features([](const std::string&) { return false; }),
            (std::vector<std::string>{"empty"}));
  EXPECT_TRUE(table.complete(2));
  EXPECT_EQ(table.targets().at(0), 0U);
}

TEST(SeriesTable, PutsMissingRowsIn) {
  SeriesTable table({"*"}, {"v"});
  table.add(at_times({10, 20}));
  table.add(at_times({50}));
  ASSERT_EQ(table.rows(), 5U);
  EXPECT_EQ(table.data_rows(), 3U);
  EXPECT_EQ(table.data_row(2), 4U);
  EXPECT_TRUE(table.complete(1));
  EXPECT_FALSE(table.complete(2));
  EXPECT_EQ(table.times()[3], 40);
  EXPECT_EQ(table.step(), 10);
}

TEST(SeriesTable, CountsRowsOutOfOrder) {
  SeriesTable table({"*"}, {"v"});
  table.add(at_times({10, 20, 20, 15, 30}));
  EXPECT_EQ(table.data_rows(), 3U);
  EXPECT_EQ(table.unsorted_rows(), 2U);
}

TEST(SeriesTable, RefusesAnIrregularGrid) {
  SeriesTable table({"*"}, {"v"});
  EXPECT_NE(error_of([&] {
              table.add(at_times({10, 20, 33}));
            }).find("put an aligner before"),
            std::string::npos);
}

TEST(SeriesTable, NamesTheColumnsWhereATargetIsNotThere) {
  SeriesTable table({"*"}, {"w"});
  EXPECT_EQ(error_of([&] { table.add(at_times({10})); }),
            "no column is called 'w', which is to be forecast; there are v");
}

TEST(SeriesTable, RefusesSeveralSeries) {
  BatchBuilder rows("icmp");
  const auto target = rows.tag("target");
  const auto value = rows.field<double>("v");
  rows.row(1).set(target, "a").set(value, 1.0);
  rows.row(2).set(target, "b").set(value, 1.0);
  SeriesTable table({"*"}, {"v"});
  EXPECT_NE(
      error_of([&] { table.add(rows.build()); }).find("several series (target is 'a' and 'b')"),
      std::string::npos);
}

TEST(SeriesTable, ReadsWhatTheAlignerSaysOfAColumn) {
  ColumnBuilder time({.name = "time", .type = Type::timestamp, .role = Role::time, .unit = "ns"});
  ColumnBuilder value({.name = "ping.rtt[a]",
                       .unit = "ms",
                       .scale = 2,
                       .offset = 5,
                       .metadata = {{"weir.measurement", "icmp"},
                                    {"weir.field", "rtt"},
                                    {"weir.tags", "address=1.1.1.1,target=a"},
                                    {"weir.fitted_until", "77"}}});
  time.append(std::int64_t{1});
  value.append(0.5);
  SeriesTable table({}, {"ping.rtt*"});
  table.add(Batch("grid", {time.build(), value.build()}));
  const Feature& feature = table.features().at(0);
  EXPECT_EQ(feature.measurement, "icmp");
  EXPECT_EQ(feature.field, "rtt");
  EXPECT_EQ(feature.tags.at("address"), "1.1.1.1");
  EXPECT_EQ(feature.fitted_until, 77);
  EXPECT_TRUE(feature.scaled);
}

TEST(SeriesTable, CountsValuesOfColumnsThatComeLater) {
  SeriesTable table({"*"}, {"v"});
  table.add(at_times({10}));
  Batch more = at_times({20});
  table.add(more.with(more.column("v").renamed("w")));
  EXPECT_EQ(table.features().size(), 1U);
  EXPECT_EQ(table.new_columns(), 1U);
}

}  // namespace
}  // namespace weir::core
