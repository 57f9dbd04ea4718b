// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "seasons.hpp"
#include "simple.hpp"

namespace weir::baseline_models {

/// What the regression of one step ahead looks at. Everything is a difference to the last value, so
/// that weights of 0 are the naive forecast and a change of level does not matter.
///   lags: y[t-k] - y[t];  level: y[t] - the median of the rows before it (a day, if the rows hold
///   two) other features: last value - training median, and its change over 1 and 3 rows seasons:
///   y[t+h-s] and its two neighbours, y[t+h-2s], y[t-s], each - y[t] calendar: sines and cosines of
///   the time of the day and of the week of the step
struct RidgeInputs {
  std::vector<std::size_t> lags;
  std::size_t level_rows = 1;
  std::vector<std::uint32_t> others;  // indices of features
  std::vector<double> other_levels;
  std::vector<std::size_t> seasons;  // rows
  model_parts::CalendarUse calendar;

  /// For a target of the set; no seasons and no calendar yet.
  RidgeInputs() = default;
  RidgeInputs(const TargetSet& set, std::size_t end);

  [[nodiscard]] std::size_t common_width() const { return lags.size() + 1 + 3 * others.size(); }
  [[nodiscard]] std::size_t width() const;
  /// Inputs that all steps have in common [common_width].
  void write_common(const History& history, std::size_t feature, double* to) const;
  /// The rest, of step `step` (from 0) [width - common_width]. False where the season has a hole.
  [[nodiscard]] bool write_step(const History& history, std::size_t feature, std::size_t step,
                                double* to) const;

  void put(BytesWriter& to) const;
  [[nodiscard]] static RidgeInputs take(BytesReader& from, const ModelShape& shape);
};

}  // namespace weir::baseline_models
