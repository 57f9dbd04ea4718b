// SPDX-License-Identifier: Apache-2.0
#include "core/forecast/views.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace weir::core {
namespace {

std::vector<Feature> features(std::initializer_list<const char*> names) {
  std::vector<Feature> made;
  for (const char* name : names) made.emplace_back().column = name;
  return made;
}

TEST(Views, TogetherIsOneModelOfAllColumns) {
  const auto views =
      make_views(features({"a", "b", "c"}), std::vector<std::uint32_t>{0, 2}, SeriesMode::together);
  ASSERT_EQ(views.size(), 1U);
  EXPECT_EQ(views[0].slots.size(), 3U);
  EXPECT_EQ(views[0].targets, (std::vector<std::uint32_t>{0, 2}));
}

TEST(Views, EachSeesNoOtherTarget) {
  const auto views =
      make_views(features({"a", "b", "c"}), std::vector<std::uint32_t>{0, 2}, SeriesMode::each);
  ASSERT_EQ(views.size(), 2U);
  EXPECT_EQ(model_count(views), 2U);
  EXPECT_EQ(views[1].slots.size(), 2U);
  EXPECT_EQ(views[1].slots[0].name, "b");
  EXPECT_EQ(views[1].slots[1].name, "c");
  EXPECT_EQ(views[1].targets, (std::vector<std::uint32_t>{1}));
  EXPECT_EQ(views[1].target_numbers, (std::vector<std::size_t>{1}));
}

TEST(Views, GlobalIsOneModelThatIsToldWhichSeriesItSees) {
  const auto views =
      make_views(features({"a", "b", "c"}), std::vector<std::uint32_t>{0, 2}, SeriesMode::global);
  ASSERT_EQ(views.size(), 2U);
  EXPECT_EQ(model_count(views), 1U);
  EXPECT_EQ(views[1].slots[0].column, 2U);
  EXPECT_EQ(views[1].slots[1].name, "b");
  EXPECT_EQ(views[1].slots[2].indicator, 0);  // is a
  EXPECT_EQ(views[1].slots[3].indicator, 1);  // is c
}

SeriesTable gaps() {
  BatchBuilder rows("grid");
  const auto value = rows.field<double>("v");
  for (const int second : {0, 1, 2, 4, 5, 9, 10})  // one row is missing, then three
    rows.row(second * 1'000'000'000LL).set(value, double(second));
  SeriesTable table({"*"}, {"v"});
  table.add(rows.build());
  return table;
}

TEST(ViewRows, FillGapsUpToTheLimitWithTheLastValueAndCountThem) {
  const SeriesTable table = gaps();
  ViewRows rows(make_views(table.features(), table.targets(), SeriesMode::together).front(), 2);
  rows.extend(table, table.features(), learn_scales(table, 11, HarnessScaling::none));
  EXPECT_EQ(rows.values()[3], 2);
  EXPECT_EQ(rows.values()[7], 5);
  EXPECT_TRUE(std::isnan(rows.values()[8]));  // the third row of a gap of three
  EXPECT_EQ(rows.filled(), 3U);
  EXPECT_TRUE(rows.complete(3));
  EXPECT_FALSE(rows.complete(8));
}

TEST(ViewRows, WithoutALimitNothingIsFilled) {
  const SeriesTable table = gaps();
  ViewRows rows(make_views(table.features(), table.targets(), SeriesMode::together).front(), 0);
  rows.extend(table, table.features(), learn_scales(table, 11, HarnessScaling::none));
  EXPECT_FALSE(rows.complete(3));
  EXPECT_EQ(rows.filled(), 0U);
}

TEST(ViewRows, AfterAllRowsAreGoneAGapHasNothingToRepeat) {
  SeriesTable table = gaps();
  const Scales scales = learn_scales(table, 11, HarnessScaling::none);
  const std::vector<Feature> learned = table.features();
  ViewRows rows(make_views(learned, table.targets(), SeriesMode::together).front(), 2);
  rows.extend(table, learned, scales);
  table.drop_front(table.rows());
  rows.drop_front(rows.size());
  BatchBuilder more("grid");
  const auto value = more.field<double>("v");
  more.row(11 * 1'000'000'000LL);
  more.row(12 * 1'000'000'000LL).set(value, 12.0);
  table.add(more.build());
  rows.extend(table, learned, scales);
  ASSERT_EQ(rows.size(), table.rows());
  EXPECT_FALSE(rows.complete(rows.size() - 2)) << "the row without a value";
  EXPECT_TRUE(rows.complete(rows.size() - 1));
}

TEST(Scales, AreLearnedFromTheTrainingPartAlone) {
  const SeriesTable table = gaps();
  const Scales scales = learn_scales(table, 3, HarnessScaling::automatic);
  EXPECT_EQ(scales.offset[0], 0);
  EXPECT_EQ(scales.scale[0], 2);
}

}  // namespace
}  // namespace weir::core
