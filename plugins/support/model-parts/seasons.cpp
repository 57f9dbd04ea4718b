// SPDX-License-Identifier: Apache-2.0
#include "seasons.hpp"

#include <algorithm>
#include <chrono>

namespace weir::model_parts {
namespace {

using namespace std::chrono_literals;

constexpr Duration day = 24h;
constexpr Duration week = 7 * day;

double place(Timestamp time, Duration cycle) {
  const Duration within = (time.time_since_epoch() % cycle + cycle) % cycle;
  return static_cast<double>(within.count()) / static_cast<double>(cycle.count());
}

}  // namespace

std::size_t longest_series(const TrainingSet& set, std::size_t end) {
  std::size_t longest = 0;
  end = std::min(end, set.rows().size());
  while (end > 0) {
    const std::size_t begin = set.series_begin(end - 1);
    longest = std::max(longest, end - begin);
    end = begin;
  }
  return longest;
}

std::vector<std::size_t> usable_seasons(const TrainingSet& set, std::size_t end) {
  std::vector<std::size_t> seasons;
  const std::size_t rows = longest_series(set, end);
  // Two whole seasons, so that windows are left that can look back over one.
  const auto consider = [&](std::size_t season) {
    if (season >= 2 && rows >= 2 * season + set.horizon()) seasons.push_back(season);
  };
  consider(set.season());
  for (const Duration cycle : {day, week}) {
    if (cycle % set.step() == Duration{0})
      consider(static_cast<std::size_t>(cycle.count() / set.step().count()));
  }
  std::sort(seasons.begin(), seasons.end());
  seasons.erase(std::unique(seasons.begin(), seasons.end()), seasons.end());
  return seasons;
}

std::size_t level_rows(const TrainingSet& set, std::size_t end) {
  const auto seasons = usable_seasons(set, end);
  return std::max(4 * set.sequence_length(), seasons.empty() ? 0 : seasons.front());
}

CalendarPlace calendar_place(Timestamp time) {
  // 1970 began on a Thursday; where the week begins does not matter.
  return {place(time, day), place(time, week)};
}

CalendarUse usable_calendar(const TrainingSet& set, std::size_t end) {
  const Duration span = set.step() * static_cast<std::int64_t>(longest_series(set, end));
  const auto can_teach = [&](Duration cycle) {
    return span >= 2 * cycle && 4 * set.step() <= cycle;
  };
  return {can_teach(day), can_teach(week)};
}

}  // namespace weir::model_parts
