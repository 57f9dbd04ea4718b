// SPDX-License-Identifier: Apache-2.0
#include "ridge_inputs.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "cycle.hpp"

namespace weir::baseline_models {
namespace {

constexpr std::size_t dense_lags = 48;
constexpr std::size_t most_others = 32;
constexpr std::size_t per_season = 5;
constexpr int daily_harmonics = 3;
constexpr int weekly_harmonics = 2;

double median_before(const Rows& rows, std::size_t feature, std::size_t end) {
  std::vector<double> values;
  for (std::size_t row = 0; row < std::min(end, rows.size()); ++row) {
    if (!std::isnan(rows.at(row, feature))) values.push_back(rows.at(row, feature));
  }
  return values.empty() ? 0 : median(values);
}

double* write_harmonics(double place, int count, double* to) {
  for (int k = 1; k <= count; ++k) {
    *to++ = std::sin(2 * std::numbers::pi * k * place);
    *to++ = std::cos(2 * std::numbers::pi * k * place);
  }
  return to;
}

}  // namespace

RidgeInputs::RidgeInputs(const TargetSet& set, std::size_t end)
    : level_rows(model_parts::level_rows(set.set(), end)) {
  // Every lag near by, further back fewer and fewer: a long window stays affordable.
  for (std::size_t lag = 1; lag < set.set().sequence_length();
       lag = lag < dense_lags ? lag + 1 : lag + lag / 4) {
    lags.push_back(lag);
  }
  for (std::size_t i = 0; i < set.set().features() && others.size() < most_others; ++i) {
    if (i == set.feature()) continue;
    others.push_back(static_cast<std::uint32_t>(i));
    other_levels.push_back(median_before(set.set().rows(), i, end));
  }
}

std::size_t RidgeInputs::width() const {
  return common_width() + per_season * seasons.size() + (calendar.daily ? 2 * daily_harmonics : 0) +
         (calendar.weekly ? 2 * weekly_harmonics : 0);
}

void RidgeInputs::write_common(const History& history, std::size_t feature, double* to) const {
  const double last = history.last(feature);
  for (const std::size_t lag : lags) *to++ = history.before(lag + 1, feature) - last;
  *to++ = last - history.level(level_rows, feature);
  for (std::size_t i = 0; i < others.size(); ++i) {
    const double now = history.last(others[i]);
    *to++ = now - other_levels[i];
    for (const std::size_t back : {2, 4}) {
      const double before = history.before(back, others[i]);
      *to++ = std::isnan(before) ? 0 : now - before;  // a window shorter than that
    }
  }
}

bool RidgeInputs::write_step(const History& history, std::size_t feature, std::size_t step,
                             double* to) const {
  const double last = history.last(feature);
  double sum = 0;
  for (const std::size_t season : seasons) {
    const std::size_t back = season * (step / season + 1) - step;
    to[0] = history.before(back, feature) - last;
    const double earlier = history.before(back + 1, feature) - last;
    // The row after may be the origin itself, which nobody knows.
    to[1] = (std::isnan(earlier) ? to[0] : earlier) - to[0];
    to[2] = back > 1 ? history.before(back - 1, feature) - last - to[0] : 0;
    if (std::isnan(to[2])) to[2] = 0;
    const double two = history.before(back + season, feature) - last;
    to[3] = std::isnan(two) ? to[0] : two;
    to[4] = history.before(season + 1, feature) - last;
    sum += to[0] + to[4];
    to += per_season;
  }
  if (calendar.daily || calendar.weekly) {
    const model_parts::CalendarPlace place = model_parts::calendar_place(history.time(step));
    if (calendar.daily) to = write_harmonics(place.day, daily_harmonics, to);
    if (calendar.weekly) to = write_harmonics(place.week, weekly_harmonics, to);
  }
  return !std::isnan(sum);
}

void RidgeInputs::put(BytesWriter& to) const {
  to.put_list(std::vector<std::uint64_t>(lags.begin(), lags.end()));
  to.put_size(level_rows);
  to.put_list(others);
  to.put_list(other_levels);
  to.put_list(std::vector<std::uint64_t>(seasons.begin(), seasons.end()));
  to.put(static_cast<std::uint8_t>((calendar.daily ? 1 : 0) | (calendar.weekly ? 2 : 0)));
}

RidgeInputs RidgeInputs::take(BytesReader& from, const ModelShape& shape) {
  RidgeInputs inputs;
  for (const std::uint64_t lag : from.take_list<std::uint64_t>()) {
    if (lag >= shape.sequence_length) from.refuse("look back further than the window");
    inputs.lags.push_back(lag);
  }
  inputs.level_rows = from.take_size(100'000'000);
  inputs.others = from.take_list<std::uint32_t>();
  for (const std::uint32_t other : inputs.others) {
    if (other >= shape.features) from.refuse("name a feature that is not there");
  }
  inputs.other_levels = from.take_list<double>(inputs.others.size());
  for (const std::uint64_t season : from.take_list<std::uint64_t>()) {
    if (season < 1 || season > 100'000'000) from.refuse("name a season that cannot be");
    inputs.seasons.push_back(season);
  }
  const auto calendar = from.take<std::uint8_t>();
  inputs.calendar = {(calendar & 1) != 0, (calendar & 2) != 0};
  return inputs;
}

}  // namespace weir::baseline_models
