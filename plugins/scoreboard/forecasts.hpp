// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Forecasts beside their truths, gathered from batches of several models.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include <weir/batch.hpp>

#include "errors.hpp"

namespace weir::scoreboard {

/// Which value was forecast, and how far ahead.
struct Moment {
  std::int64_t time = 0;   ///< ns, of the value
  std::uint32_t step = 0;  ///< from 1
  friend bool operator<(const Moment& a, const Moment& b) {
    return std::tie(a.time, a.step) < std::tie(b.time, b.step);
  }
};

/// An outcome with what the baselines said; NaN: not known.
struct Judged {
  Outcome outcome;
  double naive = 0;           ///< the last value before the forecast
  double seasonal_naive = 0;  ///< the value one season before
};

/// One target and all who forecast it.
struct Column {
  std::string unit;
  std::map<std::string, std::map<Moment, Judged>> models;
  /// Mean one-step distance of the training part, the scale of MASE.
  std::optional<double> mase_scale;

  /// What every model forecast, so that all are judged on the same.
  [[nodiscard]] std::vector<Moment> common() const;
  /// Nanoseconds between grid rows: the least distance of two times. 0: there is but one time.
  [[nodiscard]] std::int64_t grid() const;
};

class Forecasts {
 public:
  /// Of measurement `predictions` (tags column, model, horizon_step; actual, predicted, lower,
  /// upper; optional naive, seasonal_naive) or `evaluation` (mase_scale). Rows without truth or
  /// forecast are left out; the later of two for one moment counts. Throws Error: another
  /// measurement, or one of these without a column that it needs.
  void add(const Batch& batch);

  [[nodiscard]] const std::map<std::string, Column>& columns() const { return columns_; }
  [[nodiscard]] std::uint64_t left_out() const { return left_out_; }

 private:
  void add_predictions(const Batch& batch);
  void add_evaluation(const Batch& batch);

  std::map<std::string, Column> columns_;
  std::uint64_t left_out_ = 0;
};

}  // namespace weir::scoreboard
