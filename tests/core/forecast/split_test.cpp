// SPDX-License-Identifier: Apache-2.0
#include "core/forecast/split.hpp"

#include <gtest/gtest.h>

namespace weir::core {
namespace {

using Rows = std::vector<std::uint64_t>;
const RowUse all{[](std::size_t) { return true; }, [](std::size_t) { return true; }};

TEST(CutWindows, LooksBackAcrossASplitButNeverAhead) {
  const Windows windows = cut_windows({10, 14, 20}, 3, 2, all);
  EXPECT_EQ(windows.train, (Rows{0, 1, 2, 3, 4, 5}));  // 5 + 3 + 2 = 10
  EXPECT_EQ(windows.validation, (Rows{7, 8, 9}));      // targets 10..11, 11..12, 12..13
  EXPECT_EQ(windows.test, (Rows{11, 12, 13, 14, 15}));
}

TEST(CutWindows, UsesNoRowWithAMissingValue) {
  const auto not_seven = [](std::size_t row) { return row != 7; };
  const Windows windows = cut_windows({20, 20, 20}, 3, 2, {not_seven, not_seven});
  for (const std::uint64_t first : windows.train) EXPECT_TRUE(first + 5 <= 7 || first > 7) << first;
  EXPECT_EQ(windows.train.size(), 3U + 8U);
}

TEST(CutWindows, TooShortIsEmpty) {
  const Windows windows = cut_windows({4, 4, 4}, 3, 2, all);
  EXPECT_TRUE(windows.train.empty());
  EXPECT_TRUE(windows.test.empty());
}

TEST(CutWindows, AFilledRowIsLookedBackOnButNeverForecast) {
  const auto not_seven = [](std::size_t row) { return row != 7; };
  const Windows windows = cut_windows({20, 20, 20}, 3, 2, {all.input, not_seven});
  for (const std::uint64_t first : windows.train) EXPECT_TRUE(first + 5 <= 7 || first + 3 > 7);
  EXPECT_EQ(windows.train.size(), 3U + 11U);
}

TEST(Thin, TakesEveryKthFromTheFirstOn) {
  EXPECT_EQ(thin({1, 2, 3, 4, 5, 6, 7, 8, 9}, 3), (Rows{1, 4, 7}));
  EXPECT_EQ(thin({1, 2, 3, 4, 5, 6, 7, 8}, 3), (Rows{1, 3, 5, 7}));
  EXPECT_EQ(thin({1, 2, 3}, 3), (Rows{1, 2, 3}));
  EXPECT_EQ(thin({1, 2, 3}, 0), (Rows{1, 2, 3}));
}

}  // namespace
}  // namespace weir::core
