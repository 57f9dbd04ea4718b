// SPDX-License-Identifier: Apache-2.0
#pragma once
/// What other tools reached on five public series with this protocol, measured once on a machine of
/// this kind: MAE in the series' unit over 12 steps and all origins.

#include <array>
#include <limits>
#include <string_view>

namespace weir::bench {

struct Others {
  std::string_view series;
  double naive, seasonal_naive;
  double holt_winters;  ///< NaN: not measured
  double ridge;         ///< autoregressive, with seasonal lags
  double boosting;      ///< on lags and seasonal lags, absolute error
  double seeds_lstm;    ///< 50 ReLU units, one step fed back
  double better_lstm;   ///< direct, absolute error, calendar, residual over the last value
  double best;
};

inline constexpr std::array others{
    Others{"isp-hourly", 7.09, 2.45, 8.91, 1.41, 1.01, 1.67, 0.93, 0.93},
    Others{"wan-rtt", 0.2536, 0.847, 0.339, 0.378, 0.2313, 0.340, 0.2358, 0.2313},
    Others{"aws-network-in", 460074, 2082895, 1578491, 643530, 474141, 731933, 553477, 460074},
    Others{"aws-elb-requests", 57.1, 54.3, 43.7, 42.8, 42.6, 43.0, 41.9, 41.9},
    Others{"seed-bandwidth", 46, 57, 57.5, std::numeric_limits<double>::quiet_NaN(), 49.0, 47.5,
           42.5, 42.5}};

[[nodiscard]] constexpr const Others* others_on(std::string_view series) {
  for (const Others& row : others) {
    if (row.series == series) return &row;
  }
  return nullptr;
}

}  // namespace weir::bench
