// SPDX-License-Identifier: Apache-2.0
#include "seasons.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <weir/model_testing.hpp>

namespace weir::model_parts {
namespace {

using namespace std::chrono_literals;
using weir::testing::ModelRows;

double nothing(std::size_t, std::size_t) { return 0; }

std::vector<std::size_t> seasons(std::size_t rows, Duration step, std::size_t season = 0) {
  ModelRows all({.rows = rows, .sequence_length = 4, .horizon = 2, .step = step, .season = season},
                nothing);
  return usable_seasons(all.training(), rows);
}

TEST(Seasons, ADayAndAWeekWhereTheRowsHoldThemTwice) {
  EXPECT_EQ(seasons(49, 1h), (std::vector<std::size_t>{}));
  EXPECT_EQ(seasons(50, 1h), (std::vector<std::size_t>{24}));
  EXPECT_EQ(seasons(338, 1h), (std::vector<std::size_t>{24, 168}));
  EXPECT_EQ(seasons(338, 1h, 30), (std::vector<std::size_t>{24, 30, 168}));
  EXPECT_EQ(seasons(338, 1h, 168), (std::vector<std::size_t>{24, 168}));
  EXPECT_EQ(seasons(400, 7h), (std::vector<std::size_t>{24}));  // a week, no day
  EXPECT_EQ(seasons(400, 24h), (std::vector<std::size_t>{7}));
}

TEST(Seasons, NoneReachesAcrossTheBeginningOfASeries) {
  ModelRows rows({.rows = 90, .sequence_length = 4, .horizon = 2, .step = 1h}, nothing);
  weir_training_set& set = rows.raw_training();
  EXPECT_EQ(usable_seasons(TrainingSet(set), 90).size(), 1U);
  const std::uint64_t begins[] = {0, 45};
  set.segments = begins;
  set.segment_count = 2;
  EXPECT_EQ(longest_series(TrainingSet(set), 90), 45U);
  EXPECT_EQ(longest_series(TrainingSet(set), 50), 45U);
  EXPECT_TRUE(usable_seasons(TrainingSet(set), 90).empty());
}

TEST(Calendar, PlacesInDayAndWeekAlsoBefore1970) {
  EXPECT_DOUBLE_EQ(calendar_place(Timestamp{6h}).day, 0.25);
  EXPECT_DOUBLE_EQ(calendar_place(Timestamp{-1h}).day, 23.0 / 24);
  EXPECT_DOUBLE_EQ(calendar_place(Timestamp{84h}).week, 0.5);
}

TEST(Calendar, IsUsedWhereTheRowsSpanItTwice) {
  const auto use = [](std::size_t rows, Duration step) {
    ModelRows all({.rows = rows, .sequence_length = 4, .horizon = 2, .step = step}, nothing);
    return usable_calendar(all.training(), rows);
  };
  EXPECT_EQ(use(47, 1h), (CalendarUse{false, false}));
  EXPECT_EQ(use(48, 1h), (CalendarUse{true, false}));
  EXPECT_EQ(use(336, 1h), (CalendarUse{true, true}));
  EXPECT_EQ(use(100, 24h), (CalendarUse{false, true}));
}

}  // namespace
}  // namespace weir::model_parts
