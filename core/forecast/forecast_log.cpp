// SPDX-License-Identifier: Apache-2.0
#include "core/forecast/forecast_log.hpp"

#include <array>
#include <cmath>
#include <cstdio>
#include <limits>

namespace weir::core {
namespace {

constexpr std::size_t recent_origins = 30;  // of forecasts that drift is judged by

std::string number(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.4g", value);
  return text.data();
}

std::string anomaly_message(const ForecastPoint& point, const Feature& target, double p_value) {
  return target.column + " is " + number(point.actual) + ", expected " + number(point.lower) +
         " to " + number(point.upper) + "; one ordinary value in " + number(1 / p_value) +
         " lies so far off";
}

std::string drift_message(const Feature& target, double ratio) {
  return "forecasts of " + target.column + " err " + number(ratio) +
         " times as much as when the model was calibrated";
}

}  // namespace

void ForecastLog::issued(std::span<const ForecastPoint> points) {
  for (const ForecastPoint& point : points) open_.emplace(point.time, point);
}

void ForecastLog::clear() {
  open_.clear();
  recent_.clear();
}

double ForecastLog::recent_ratio(const ForecastPoint& point, const Forecaster& forecaster) {
  Recent& recent = recent_[point.target];
  const double usual = forecaster.usual_error(point);
  if (!(usual > 0)) return std::numeric_limits<double>::quiet_NaN();
  const std::size_t wanted = recent_origins * forecaster.horizon();
  recent.ratios.push_back(std::abs(point.value - point.actual) / usual);
  recent.sum += recent.ratios.back();
  if (recent.ratios.size() > wanted) {
    recent.sum -= recent.ratios.front();
    recent.ratios.pop_front();
  }
  return recent.ratios.size() < wanted ? std::numeric_limits<double>::quiet_NaN()
                                       : recent.sum / static_cast<double>(wanted);
}

void ForecastLog::look_for_alerts(const ForecastPoint& point, double error_ratio,
                                  const Forecaster& forecaster, std::vector<Alert>& alerts) {
  const Feature& target = forecaster.target(point.target);
  if (point.step == 1) {
    const double p_value = forecaster.p_value(point, limits_.rate);
    if (p_value <= limits_.rate) {
      alerts.push_back(
          {"anomaly", anomaly_message(point, target, p_value), point, p_value, error_ratio});
    }
  }
  Recent& recent = recent_[point.target];
  if (error_ratio > limits_.drift_ratio && !recent.drifting) {
    recent.drifting = true;
    alerts.push_back({"drift", drift_message(target, error_ratio), point,
                      std::numeric_limits<double>::quiet_NaN(), error_ratio});
  } else if (error_ratio < 0.8 * limits_.drift_ratio) {
    recent.drifting = false;
  }
}

ForecastLog::Found ForecastLog::settle(const SeriesTable& table, std::size_t first_row,
                                       Forecaster& forecaster) {
  Found found;
  for (std::size_t row = first_row; row < table.rows(); ++row) {
    const auto [begin, end] = open_.equal_range(table.times()[row]);
    for (auto at = begin; at != end; ++at) {
      ForecastPoint& point = at->second;
      point.actual = truth(table, row, point.target);
      if (std::isnan(point.actual)) continue;
      const double ratio = recent_ratio(point, forecaster);
      look_for_alerts(point, ratio, forecaster, found.alerts);
      forecaster.settle(point);
      found.scored.push_back({point, ratio});
    }
    // Also those whose row never came: time has passed them.
    open_.erase(open_.begin(), end);
  }
  return found;
}

}  // namespace weir::core
