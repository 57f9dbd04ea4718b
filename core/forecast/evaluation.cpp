// SPDX-License-Identifier: Apache-2.0
#include "core/forecast/evaluation.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "core/forecast/metrics.hpp"

namespace weir::core {
namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

double median(std::vector<double> values) {
  std::erase_if(values, [](double value) { return std::isnan(value); });
  if (values.empty()) return unknown;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

std::vector<double> truths(const SeriesTable& table, std::size_t end, std::size_t target) {
  std::vector<double> values(end);
  for (std::size_t row = 0; row < end; ++row) values[row] = truth(table, row, target);
  return values;
}

void describe(const SeriesTable& table, std::size_t target, Evaluation& result) {
  result.minimum = std::numeric_limits<double>::infinity();
  result.maximum = -result.minimum;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const double value = truth(table, row, target);
    if (std::isnan(value)) continue;
    ++result.data_points;
    result.minimum = std::min(result.minimum, value);
    result.maximum = std::max(result.maximum, value);
    result.mean += (value - result.mean) / static_cast<double>(result.data_points);
  }
}

}  // namespace

double truth(const SeriesTable& table, std::size_t row, std::size_t target) {
  const std::size_t column = table.targets()[target];
  const Feature& feature = table.features()[column];
  return table.at(row, column) * feature.scale + feature.offset;
}

std::size_t find_season(const SeriesTable& table, std::size_t train_end, std::size_t target) {
  constexpr std::int64_t day = 86'400'000'000'000;
  const std::vector<double> values = truths(table, train_end, target);
  std::size_t best = 0;
  double best_error = std::numeric_limits<double>::infinity();
  for (const std::int64_t season : {day, 7 * day}) {
    const auto lag = static_cast<std::size_t>(season / table.step());
    if (season % table.step() != 0 || lag < 2 || train_end < 2 * lag) continue;
    const double error = naive_scale(values, lag);
    if (error < best_error) {
      best_error = error;
      best = lag;
    }
  }
  return best;
}

Evaluation evaluate(const SeriesTable& table, std::size_t train_end,
                    std::span<const ForecastPoint> points, std::size_t target) {
  Evaluation result;
  result.target = table.features()[table.targets()[target]].column;
  describe(table, target, result);
  const std::vector<double> train = truths(table, train_end, target);
  const double constant = median(train);
  ErrorSums model;
  ErrorSums naive;
  ErrorSums seasonal;
  ErrorSums flat;
  std::size_t held = 0;
  double width = 0;
  for (const ForecastPoint& point : points) {
    if (point.target != target) continue;
    model.add(point.actual, point.value);
    naive.add(point.actual, point.naive);
    flat.add(point.actual, constant);
    if (!std::isnan(point.seasonal_naive)) seasonal.add(point.actual, point.seasonal_naive);
    held += point.lower <= point.actual && point.actual <= point.upper ? 1U : 0U;
    width += point.upper - point.lower;
    result.test_samples += point.step == 1 ? 1U : 0U;
  }
  const auto count = static_cast<double>(model.count());
  result.mae = model.mae();
  result.rmse = model.rmse();
  result.r2 = model.r2();
  result.mase_scale = naive_scale(train, 1);
  result.mase = result.mase_scale > 0 ? result.mae / result.mase_scale : unknown;
  result.naive_mae = naive.mae();
  result.seasonal_naive_mae = seasonal.mae();
  result.median_mae = flat.mae();
  result.skill_naive = skill(result.mae, result.naive_mae);
  result.skill_median = skill(result.mae, result.median_mae);
  result.skill_seasonal_naive =
      seasonal.count() == model.count() ? skill(result.mae, result.seasonal_naive_mae) : unknown;
  result.mean_width = count > 0 ? width / count : unknown;
  result.coverage = std::isnan(result.mean_width) ? unknown : static_cast<double>(held) / count;
  return result;
}

}  // namespace weir::core
