// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <vector>
#include <weir/model.hpp>

namespace weir::model_parts {

/// Seasons in rows, ascending, at most three: the one that the set names, a day and a week, where
/// the rows before `end` hold each twice and more (in the longest of the series), and a step
/// divides it. `end`: the first row that is not to be learned from.
[[nodiscard]] std::vector<std::size_t> usable_seasons(const TrainingSet& set, std::size_t end);

/// How many rows tell where a series stands: a day, or whichever season is the shortest, and no
/// fewer than four windows.
[[nodiscard]] std::size_t level_rows(const TrainingSet& set, std::size_t end);

/// Rows of the longest series before `end`.
[[nodiscard]] std::size_t longest_series(const TrainingSet& set, std::size_t end);

/// Where a moment stands in the day and in the week (UTC), from 0 to 1.
struct CalendarPlace {
  double day = 0;
  double week = 0;
};
[[nodiscard]] CalendarPlace calendar_place(Timestamp time);

/// Whether the rows before `end` can teach what a time of the day, of the week means: they span it
/// twice, and a step is at most a quarter of it.
struct CalendarUse {
  bool daily = false;
  bool weekly = false;
  bool operator==(const CalendarUse&) const = default;
};
[[nodiscard]] CalendarUse usable_calendar(const TrainingSet& set, std::size_t end);

}  // namespace weir::model_parts
