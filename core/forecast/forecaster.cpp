// SPDX-License-Identifier: Apache-2.0
// How learned models forecast. How they are learned: learning.cpp.
#include "core/forecast/forecaster.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace weir::core {
namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

/// The last value of the target before row `origin`.
double last_truth(const SeriesTable& table, std::size_t origin, std::size_t target) {
  while (origin > 0) {
    const double value = truth(table, --origin, target);
    if (!std::isnan(value)) return value;
  }
  return unknown;
}

/// The value of whole seasons before row `origin + ahead`, the latest that is known at `origin`.
double season_before(const SeriesTable& table, std::size_t origin, std::size_t ahead,
                     std::size_t season, std::size_t target) {
  if (season == 0) return unknown;
  const std::size_t back = season * ((ahead + season) / season);
  return origin + ahead >= back ? truth(table, origin + ahead - back, target) : unknown;
}

std::string column_names(std::span<const Feature> features) {
  std::string names;
  for (const Feature& feature : features) names += (names.empty() ? "" : ", ") + feature.column;
  return names;
}

}  // namespace

WarmStart Forecaster::warm_start() const {
  WarmStart warm{columns(), {}};
  for (const auto& model : models_) warm.models.push_back(model->save());
  return warm;
}

std::string Forecaster::columns() const { return column_names(features_); }

bool Forecaster::knows(const std::string& column) const {
  return std::any_of(features_.begin(), features_.end(),
                     [&](const Feature& feature) { return feature.column == column; });
}

double Forecaster::physical(std::size_t number, double scaled) const {
  const std::size_t column = targets_[number];
  const double value =
      (scaled * scales_.scale[column] + scales_.offset[column]) * features_[column].scale +
      features_[column].offset;
  return std::clamp(value, options_.lower_bound.value_or(-infinity),
                    options_.upper_bound.value_or(infinity));
}

IntervalTracker& Forecaster::tracker(const ForecastPoint& point) {
  return intervals_[point.target * options_.horizon + point.step - 1];
}
const IntervalTracker& Forecaster::tracker(const ForecastPoint& point) const {
  return intervals_[point.target * options_.horizon + point.step - 1];
}

void Forecaster::set_interval(ForecastPoint& point) const {
  point.lower = point.upper = unknown;
  if (intervals_.empty()) return;
  const double low = options_.lower_bound.value_or(-infinity);
  const double high = options_.upper_bound.value_or(infinity);
  const IntervalOffsets offsets = tracker(point).offsets();
  if (std::isnan(offsets.lower)) return;
  point.lower = std::clamp(point.value + offsets.lower, low, high);
  point.upper = std::clamp(point.value + offsets.upper, low, high);
}

std::vector<ForecastPoint> Forecaster::points_from(const ViewRows& rows, const SeriesTable& table,
                                                   std::size_t origin) const {
  const View& view = rows.view();
  weir_window window{};
  window.size = sizeof window;
  window.features = static_cast<std::uint32_t>(rows.width());
  window.rows = origin;
  window.values = rows.values().data();
  window.times = table.times().data();
  window.sequence_length = options_.sequence_length;
  window.horizon = options_.horizon;
  window.target_count = static_cast<std::uint32_t>(view.targets.size());
  window.step = step_;
  const std::vector<double> values = models_[view.model]->predict(window);
  std::vector<ForecastPoint> points;
  points.reserve(values.size());
  for (std::size_t ahead = 0; ahead < options_.horizon; ++ahead) {
    for (std::size_t i = 0; i < view.targets.size(); ++i) {
      ForecastPoint point;
      point.target = view.target_numbers[i];
      point.step = ahead + 1;
      point.issued_at = table.times()[origin - 1] + step_;
      point.time = point.issued_at + static_cast<std::int64_t>(ahead) * step_;
      point.value = physical(point.target, values[ahead * view.targets.size() + i]);
      const std::size_t row = origin + ahead;
      point.actual = row < table.rows() ? truth(table, row, point.target) : unknown;
      point.naive = last_truth(table, origin, point.target);
      point.seasonal_naive = season_before(table, origin, ahead, season_, point.target);
      set_interval(point);
      points.push_back(point);
    }
  }
  return points;
}

void Forecaster::extend_rows(const SeriesTable& table) {
  for (ViewRows& rows : rows_) rows.extend(table, features_, scales_);
}

void Forecaster::drop_front(std::size_t rows) {
  for (ViewRows& view : rows_) view.drop_front(std::min(rows, view.size()));
}

void Forecaster::move_to_another_table() {
  for (ViewRows& view : rows_) view.clear();
  predictions_ = {};
  history_ = {};
  for (const auto& model : models_) model->serve();
}

std::vector<ForecastPoint> Forecaster::forecast(const SeriesTable& table) {
  extend_rows(table);
  const std::size_t origin = table.rows();
  std::vector<ForecastPoint> all;
  if (origin < options_.sequence_length) return all;
  for (const ViewRows& rows : rows_) {
    bool complete = true;
    for (std::size_t row = origin - options_.sequence_length; row < origin; ++row)
      complete = complete && rows.complete(row);
    if (!complete) continue;
    const std::vector<ForecastPoint> points = points_from(rows, table, origin);
    all.insert(all.end(), points.begin(), points.end());
  }
  return all;
}

void Forecaster::settle(const ForecastPoint& point) {
  if (intervals_.empty() || std::isnan(point.actual)) return;
  std::optional<bool> held;
  if (!std::isnan(point.lower)) held = point.lower <= point.actual && point.actual <= point.upper;
  tracker(point).settle(point.actual - point.value, held);
}

double Forecaster::p_value(const ForecastPoint& point, double rate) const {
  if (intervals_.empty() || std::isnan(point.actual)) return 1;
  if (static_cast<double>(tracker(point).count() + 1) * rate < 1) return 1;
  return tracker(point).p_value(point.actual - point.value);
}

double Forecaster::usual_error(const ForecastPoint& point) const {
  return intervals_.empty() ? unknown : tracker(point).mean_absolute();
}

std::string Forecaster::differs_in(const HarnessDeclaration::Options& wanted) const {
  if (wanted.sequence_length != options_.sequence_length) return "sequence_length";
  if (wanted.horizon != options_.horizon) return "horizon";
  if (wanted.interval != options_.interval) return "interval";
  if (wanted.series != options_.series) return "series";
  if (wanted.gap_limit != options_.gap_limit) return "gap_limit";
  if (wanted.lower_bound != options_.lower_bound) return "lower_bound";
  if (wanted.upper_bound != options_.upper_bound) return "upper_bound";
  return {};
}

void Forecaster::check_fits(const SeriesTable& table) const {
  if (table.step() != 0 && table.step() != step_) {
    throw Error("the model learned rows every " + to_text(Duration{step_}) + ", these come every " +
                to_text(Duration{table.step()}));
  }
  const std::string there = column_names(table.features());
  if (columns() != there) {
    throw Error("the model learned from the columns " + columns() + "; these rows have " + there);
  }
  if (targets_ != table.targets()) throw Error("the model forecasts other targets than these");
}

}  // namespace weir::core
