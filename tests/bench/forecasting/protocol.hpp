// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Rolling origin over the test part: which forecasts count, and their errors.

#include <cstddef>
#include <span>

#include "core/forecast/forecaster.hpp"
#include "forecasting/series.hpp"

namespace weir::bench {

/// Errors in the series' unit, over the same origins and steps.
struct Scores {
  std::size_t origins = 0;
  double mae = 0;
  double naive_mae = 0;
  double seasonal_mae = 0;  ///< NaN: no season
  double coverage = 0;      ///< share of truths inside the interval
  double width = 0;         ///< mean
  [[nodiscard]] double better_naive() const;
};

/// Rows of a day or of a week, whichever repeats better in the first 80 %; 0: neither fits twice.
[[nodiscard]] std::size_t season_of(const Series& series);

/// Every origin of `points` (one target), thinned evenly to at most 700.
[[nodiscard]] Scores score(const Series& series, std::span<const core::ForecastPoint> points);

}  // namespace weir::bench
