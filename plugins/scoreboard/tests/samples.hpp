// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Batches as a model gives them.

#include <cstdint>
#include <string>

#include <weir/batch.hpp>

namespace weir::scoreboard::samples {

constexpr std::int64_t minute = 60'000'000'000;

/// The truth at a grid row: a sawtooth, so that no two neighbours are alike.
inline double truth(std::int64_t row) { return static_cast<double>(row * 7 % 11); }

/// Forecasts of 2 steps from origins [first, last): off by `error`, alternately above and below
/// with an extra `wobble` at every third origin. Interval: 2 either way. `baselines`: with the
/// columns naive and seasonal_naive (a season of 11 rows, which is exact).
inline Batch predictions(const std::string& model, std::int64_t first, std::int64_t last,
                         double error, double wobble, bool baselines = true) {
  BatchBuilder rows("predictions");
  const auto column = rows.tag("column");
  const auto name = rows.tag("model");
  const auto step = rows.tag("horizon_step");
  const auto actual = rows.field<double>("actual", "ms");
  const auto predicted = rows.field<double>("predicted", "ms");
  const auto lower = rows.field<double>("lower", "ms");
  const auto upper = rows.field<double>("upper", "ms");
  for (std::int64_t origin = first; origin < last; ++origin) {
    for (std::int64_t ahead = 1; ahead <= 2; ++ahead) {
      const double off = (origin % 2 == 0 ? 1 : -1) * (error + (origin % 3 == 0 ? wobble : 0));
      const double value = truth(origin + ahead);
      rows.row((origin + ahead) * minute)
          .set(column, "ping.rtt_ms")
          .set(name, model)
          .set(step, std::to_string(ahead))
          .set(actual, value)
          .set(predicted, value + off)
          .set(lower, value + off - 2)
          .set(upper, value + off + 2);
    }
  }
  Batch batch = rows.build();
  if (!baselines) return batch;
  ColumnBuilder naive({.name = "naive", .unit = "ms"});
  ColumnBuilder seasonal({.name = "seasonal_naive", .unit = "ms"});
  for (std::int64_t origin = first; origin < last; ++origin) {
    for (std::int64_t ahead = 1; ahead <= 2; ++ahead) {
      naive.append(truth(origin));
      seasonal.append(truth(origin + ahead - 11) + 0.5);
    }
  }
  return batch.with(naive.build()).with(seasonal.build());
}

}  // namespace weir::scoreboard::samples
