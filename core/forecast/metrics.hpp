// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Errors of forecasts. Pure.

#include <cstddef>
#include <span>
#include <vector>

namespace weir::core {

/// Sums over pairs of truth and forecast.
class ErrorSums {
 public:
  void add(double actual, double predicted);

  [[nodiscard]] std::size_t count() const { return count_; }
  /// Mean absolute error; NaN without pairs, as all of these.
  [[nodiscard]] double mae() const;
  /// Root of the mean squared error.
  [[nodiscard]] double rmse() const;
  /// Coefficient of determination, 1 - SSE / SST around the mean of the truths. A constant truth:
  /// NaN.
  [[nodiscard]] double r2() const;

 private:
  std::size_t count_ = 0;
  double absolute_ = 0;
  double squared_ = 0;
  double mean_ = 0;      // of the truths, by Welford
  double variance_ = 0;  // sum of squared distances from it
};

/// 1 - error / baseline: 1 is perfect, 0 no better than the baseline, below 0 worse.
[[nodiscard]] double skill(double error, double baseline_error);

/// Mean |x[t] - x[t - lag]| over `values` where both are there: the scale of MASE (Hyndman &
/// Koehler 2006). NaN where there is no pair.
[[nodiscard]] double naive_scale(std::span<const double> values, std::size_t lag);

}  // namespace weir::core
