// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Measures of how far forecasts were from the truth. Pure. NaN: not known.

#include <cstddef>

namespace weir::scoreboard {

/// One forecast, its interval and the truth.
struct Outcome {
  double actual = 0;
  double predicted = 0;
  double lower = 0;  ///< NaN: no interval
  double upper = 0;
};

/// Loss of a forecast of the `quantile`: its mean is least where that share of truths lies below
/// (Koenker & Bassett 1978). Half of the absolute error at 0.5.
[[nodiscard]] double pinball_loss(double actual, double predicted, double quantile);

struct Errors {
  std::size_t count = 0;
  double mae = 0;
  double rmse = 0;
  double r2 = 0;             ///< 1 - SSE / SST; NaN where the truth is constant
  double smape_percent = 0;  ///< mean of 200 |a - p| / (|a| + |p|); 0 where both are 0
  double coverage = 0;       ///< share of truths inside the interval
  double width = 0;          ///< mean, of the interval
  double pinball = 0;        ///< mean of the three below
  double pinball_lower = 0;
  double pinball_median = 0;
  double pinball_upper = 0;
};

/// Adds up outcomes.
class ErrorMeter {
 public:
  /// `interval`: the share of truths that lower and upper are to hold between them, so that they
  /// are the quantiles (1 - interval) / 2 and (1 + interval) / 2.
  explicit ErrorMeter(double interval) : tail_((1 - interval) / 2) {}

  void add(const Outcome& outcome);
  [[nodiscard]] Errors errors() const;

 private:
  double tail_;
  std::size_t count_ = 0;
  std::size_t intervals_ = 0;
  std::size_t held_ = 0;
  double absolute_ = 0;
  double squared_ = 0;
  double relative_ = 0;
  double width_ = 0;
  double pinball_lower_ = 0;
  double pinball_upper_ = 0;
  double pinball_median_ = 0;
  double mean_ = 0;      // of the truths, by Welford
  double variance_ = 0;  // sum of squared distances from it
};

}  // namespace weir::scoreboard
