// SPDX-License-Identifier: Apache-2.0
#pragma once
/// What a forecast was worth: the figures of one target over the test part. Pure.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "core/forecast/series_table.hpp"

namespace weir::core {

/// One step of a forecast. Values in the target's unit; NaN: not known.
struct ForecastPoint {
  std::int64_t time = 0;       ///< that is forecast
  std::int64_t issued_at = 0;  ///< end of the last row that was known
  std::size_t target = 0;      ///< number of the target
  std::size_t step = 0;        ///< from 1
  double value = 0;
  double lower = 0;
  double upper = 0;
  double actual = 0;  ///< the truth, where it is known
  double naive = 0;   ///< the last value known
  double seasonal_naive =
      0;  ///< the value one season before, or several where that is not known yet
};

/// How one target was forecast over the test part. Errors in the target's unit; NaN: not known.
struct Evaluation {
  std::string target;
  std::size_t data_points = 0;  ///< values of the target that are not missing
  double minimum = 0;
  double maximum = 0;
  double mean = 0;
  std::size_t test_samples = 0;  ///< origins
  double mae = 0;
  double rmse = 0;
  double r2 = 0;
  double mase = 0;
  double mase_scale = 0;          ///< mean distance of neighbours in the training part
  double naive_mae = 0;           ///< the last value repeated
  double seasonal_naive_mae = 0;  ///< the value one season before
  double median_mae = 0;          ///< the median of the training part
  double skill_naive = 0;         ///< 1 - mae / naive_mae
  double skill_seasonal_naive = 0;
  double skill_median = 0;
  double coverage = 0;    ///< share of truths inside the interval
  double mean_width = 0;  ///< of the interval
  std::uint64_t epochs = 0;
  double training_seconds = 0;
};

/// Value of a target in its unit; NaN: missing.
[[nodiscard]] double truth(const SeriesTable& table, std::size_t row, std::size_t target);

/// Rows of the season that the values before `train_end` follow best: a day or a week, if the rows
/// hold two of it; 0: none fits.
[[nodiscard]] std::size_t find_season(const SeriesTable& table, std::size_t train_end,
                                      std::size_t target);

/// Figures of the points of `target`, each with its truth.
[[nodiscard]] Evaluation evaluate(const SeriesTable& table, std::size_t train_end,
                                  std::span<const ForecastPoint> points, std::size_t target);

}  // namespace weir::core
