// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Forecasts that wait for their truth, and what is said once it has come.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "core/forecast/forecaster.hpp"
#include "core/forecast/series_table.hpp"

namespace weir::core {

struct ScoredPoint {
  ForecastPoint point;     ///< with its truth
  double error_ratio = 0;  ///< mean of recent errors, each over the usual one of its step; NaN: few
};

struct Alert {
  std::string kind;  ///< "anomaly" or "drift"
  std::string message;
  ForecastPoint point;
  double p_value = 1;
  double error_ratio = 0;
};

struct AlertLimits {
  double rate = 0.005;     ///< of ordinary truths that may be called anomalies
  double drift_ratio = 2;  ///< of recent errors over usual ones
};

class ForecastLog {
 public:
  explicit ForecastLog(AlertLimits limits) : limits_(limits) {}

  void issued(std::span<const ForecastPoint> points);

  struct Found {
    std::vector<ScoredPoint> scored;
    std::vector<Alert> alerts;
  };
  /// Rows of `table` from `first_row` on are new. `forecaster` made the forecasts; its intervals
  /// learn from them. A truth is an anomaly when the forecast of one step ahead missed it by more
  /// than all but a share `rate` of the residuals known; drift is told once, until the errors fall
  /// below four fifths of the limit.
  [[nodiscard]] Found settle(const SeriesTable& table, std::size_t first_row,
                             Forecaster& forecaster);

  /// Another model serves from now on: what the old one forecast is not held against it.
  void clear();

 private:
  struct Recent {
    std::deque<double> ratios;
    double sum = 0;
    bool drifting = false;
  };
  [[nodiscard]] double recent_ratio(const ForecastPoint& point, const Forecaster& forecaster);
  void look_for_alerts(const ForecastPoint& point, double error_ratio, const Forecaster& forecaster,
                       std::vector<Alert>& alerts);

  AlertLimits limits_;
  std::multimap<std::int64_t, ForecastPoint> open_;  // by the time that is forecast
  std::map<std::size_t, Recent> recent_;             // by target
};

}  // namespace weir::core
