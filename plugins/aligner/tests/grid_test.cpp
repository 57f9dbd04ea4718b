// SPDX-License-Identifier: Apache-2.0
#include "grid.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <weir/testing.hpp>

namespace weir::aligner {
namespace {

Batch values(std::initializer_list<std::pair<std::int64_t, double>> rows,
             const std::string& field = "v") {
  BatchBuilder builder("m");
  const auto key = builder.field<double>(field, "ms");
  for (const auto& [time, value] : rows) builder.row(time).set(key, value);
  return builder.build();
}

Batch tagged(std::initializer_list<std::pair<const char*, double>> rows, std::int64_t time = 0) {
  BatchBuilder builder("icmp");
  const auto target = builder.tag("target");
  const auto address = builder.tag("address");
  const auto key = builder.field<double>("rtt", "ms");
  for (const auto& [name, value] : rows)
    builder.row(time).set(target, name).set(address, "10.0.0.1").set(key, value);
  return builder.build();
}

std::vector<std::optional<double>> column(const Batch& batch, std::string_view name) {
  std::vector<std::optional<double>> found;
  const Column& from = batch.column(name);
  for (std::size_t row = 0; row < batch.rows(); ++row) {
    found.push_back(from.valid(row) ? std::optional(from.number(row)) : std::nullopt);
  }
  return found;
}

using Values = std::vector<std::optional<double>>;

std::string names(const Batch& batch) {
  std::string text;
  for (const Column& found : batch.columns()) text += found.name() + " ";
  return text;
}

TEST(Grid, ARowGathersItsStepAndLeavesWhenTheWatermarkPasses) {
  Grid grid({.step = 10}, {"a"});
  EXPECT_TRUE(grid.add(0, values({{0, 1}, {9, 3}, {10, 5}})).empty());
  EXPECT_TRUE(grid.advance(9).empty());
  const Batch first = grid.advance(10);
  ASSERT_EQ(first.rows(), 1U);
  EXPECT_EQ(first.times()[0], 0);
  EXPECT_EQ(column(first, "a.v"), (Values{2}));
  EXPECT_EQ(column(grid.advance(std::nullopt), "a.v"), (Values{5}));
}

TEST(CommonDistance, IsTheMostCommonAndOfEqualsTheLeast) {
  EXPECT_EQ(common_distance({{0, 10, 20, 50}, {3, 3, 13}}), 10);
  EXPECT_EQ(common_distance({{0, 30, 40}}), 10);
  EXPECT_EQ(common_distance({{5, 5}, {}}), std::nullopt);
}

TEST(Grid, NegativeTimesFloorDownwards) {
  Grid grid({.step = 10}, {"a"});
  EXPECT_TRUE(grid.add(0, values({{-1, 1}})).empty());
  EXPECT_EQ(grid.advance(std::nullopt).times()[0], -10);
}

TEST(Grid, KnowsItsAggregates) {
  for (const auto& [aggregate, wanted] :
       {std::pair{Aggregate::mean, 2.0}, std::pair{Aggregate::last, 1.0},
        std::pair{Aggregate::min, 1.0}, std::pair{Aggregate::max, 3.0},
        std::pair{Aggregate::sum, 6.0}}) {
    Grid grid({.step = 10, .aggregate = aggregate}, {"a"});
    EXPECT_TRUE(grid.add(0, values({{1, 2}, {2, 3}, {3, 1}})).empty());
    EXPECT_EQ(column(grid.advance(std::nullopt), "a.v"), (Values{wanted}));
  }
}

TEST(Grid, NamesSeriesByTheirTagWhereThereAreSeveral) {
  Grid grid({.step = 10}, {"ping", "up"});
  EXPECT_TRUE(grid.add(0, tagged({{"b", 1}, {"a", 2}})).empty());
  EXPECT_TRUE(grid.add(1, values({{3, 4}})).empty());
  const Batch out = grid.advance(std::nullopt);
  EXPECT_EQ(names(out), "time ping.rtt[a] ping.rtt[b] up.v ");
  const ColumnInfo& info = out.column("ping.rtt[a]").info();
  EXPECT_EQ(info.metadata.at("weir.measurement"), "icmp");
  EXPECT_EQ(info.metadata.at("weir.field"), "rtt");
  EXPECT_EQ(info.metadata.at("weir.tags"), "target=a,address=10.0.0.1");
  EXPECT_EQ(info.unit, "ms");
}

TEST(Grid, NamesStayWhenASecondSeriesComes) {
  Grid grid({.step = 10}, {"ping"});
  EXPECT_TRUE(grid.add(0, tagged({{"a", 1}})).empty());
  EXPECT_EQ(names(grid.advance(10)), "time ping.rtt ");
  EXPECT_TRUE(grid.add(0, tagged({{"a", 1}, {"b", 1}}, 10)).empty());
  EXPECT_EQ(names(grid.advance(20)), "time ping.rtt ping.rtt[b] ");
}

TEST(Grid, GivesBackRowsThatCameTooLate) {
  Grid grid({.step = 10}, {"a"});
  EXPECT_TRUE(grid.add(0, values({{5, 1}})).empty());
  EXPECT_EQ(grid.advance(10).rows(), 1U);
  EXPECT_EQ(grid.add(0, values({{9, 1}, {10, 2}})), (std::vector<std::size_t>{0}));
}

TEST(Grid, SentinelsAndNullsAreMissing) {
  Grid grid({.step = 10, .sentinels = {-1}}, {"a"});
  EXPECT_TRUE(grid.add(0, values({{0, -1}, {10, 4}, {12, -1}, {20, std::nan("")}})).empty());
  EXPECT_EQ(column(grid.advance(std::nullopt), "a.v"), (Values{std::nullopt, 4, std::nullopt}));
}

TEST(Grid, FillsWithTheLastValueUpToItsLimit) {
  Grid grid({.step = 10, .fill = Fill::last, .fill_limit = 20}, {"a"});
  EXPECT_TRUE(grid.add(0, values({{0, 7}, {50, 9}})).empty());
  const Batch out = grid.advance(std::nullopt);
  EXPECT_EQ(std::vector<std::int64_t>(out.times().begin(), out.times().end()),
            (std::vector<std::int64_t>{0, 10, 20, 50}));
  EXPECT_EQ(column(out, "a.v"), (Values{7, 7, 7, 9}));
}

TEST(Grid, DrawsALineThroughAShortGapAndLeavesALongOne) {
  Grid grid({.step = 10, .fill = Fill::linear, .fill_limit = 20}, {"a"});
  EXPECT_TRUE(grid.add(0, values({{0, 0}, {30, 3}, {70, 9}})).empty());
  const Batch out = grid.advance(std::nullopt);
  EXPECT_EQ(std::vector<std::int64_t>(out.times().begin(), out.times().end()),
            (std::vector<std::int64_t>{0, 10, 20, 30, 70}));
  EXPECT_EQ(column(out, "a.v"), (Values{0, 1, 2, 3, 9}));
}

TEST(Grid, LinearFillHoldsARowUntilItsGapIsClosedOrTooLong) {
  Grid grid({.step = 10, .fill = Fill::linear, .fill_limit = 20}, {"a", "b"});
  EXPECT_TRUE(grid.add(0, values({{0, 0}, {10, 1}, {20, 2}, {30, 3}})).empty());
  EXPECT_TRUE(grid.add(1, values({{0, 0}})).empty());
  EXPECT_EQ(grid.advance(20).rows(), 1U);  // row 0 is whole; row 10 lacks b
  EXPECT_EQ(grid.advance(40).rows(), 1U);  // row 10 is 20 old now
}

}  // namespace
}  // namespace weir::aligner
