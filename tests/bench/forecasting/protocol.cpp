// SPDX-License-Identifier: Apache-2.0
#include "forecasting/protocol.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "core/forecast/metrics.hpp"

namespace weir::bench {
namespace {

constexpr std::size_t about_origins = 700;

}  // namespace

double Scores::better_naive() const {
  return std::isnan(seasonal_mae) ? naive_mae : std::min(naive_mae, seasonal_mae);
}

std::size_t season_of(const Series& series) {
  constexpr std::int64_t day = 86'400'000'000'000;
  const std::span<const double> seen(series.values.data(), series.values.size() * 80 / 100);
  std::size_t best = 0;
  double best_error = std::numeric_limits<double>::infinity();
  for (const std::int64_t season : {day, 7 * day}) {
    const auto rows = static_cast<std::size_t>(season / series.step);
    if (season % series.step != 0 || rows < 2 || seen.size() < 2 * rows) continue;
    const double error = core::naive_scale(seen, rows);
    if (error >= best_error) continue;
    best_error = error;
    best = rows;
  }
  return best;
}

Scores score(const Series& series, std::span<const core::ForecastPoint> points) {
  const auto origin_of = [&](const core::ForecastPoint& point) {
    return static_cast<std::size_t>((point.time - series.begin) / series.step) - (point.step - 1);
  };
  std::vector<std::size_t> origins;  // the first row that is forecast, sorted
  for (const core::ForecastPoint& point : points) origins.push_back(origin_of(point));
  std::sort(origins.begin(), origins.end());
  origins.erase(std::unique(origins.begin(), origins.end()), origins.end());
  const std::size_t stride = std::max<std::size_t>(1, origins.size() / about_origins);
  const std::size_t season = season_of(series);
  core::ErrorSums model;
  core::ErrorSums naive;
  core::ErrorSums seasonal;
  Scores scores;
  for (const core::ForecastPoint& point : points) {
    const std::size_t origin = origin_of(point);
    const auto at = std::lower_bound(origins.begin(), origins.end(), origin) - origins.begin();
    if (static_cast<std::size_t>(at) % stride != 0) continue;
    const std::size_t row = origin + point.step - 1;
    const double truth = series.values[row];
    model.add(truth, point.value);
    naive.add(truth, series.values[origin - 1]);
    if (season > 0) {
      seasonal.add(truth, series.values[row - season * ((point.step + season - 1) / season)]);
    }
    scores.coverage += point.lower <= truth && truth <= point.upper ? 1 : 0;
    scores.width += point.upper - point.lower;
  }
  const auto count = static_cast<double>(model.count());
  scores.origins = stride == 0 ? 0 : (origins.size() + stride - 1) / stride;
  scores.mae = model.mae();
  scores.naive_mae = naive.mae();
  scores.seasonal_mae = seasonal.mae();
  scores.coverage /= count;
  scores.width /= count;
  return scores;
}

}  // namespace weir::bench
