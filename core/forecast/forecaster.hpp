// SPDX-License-Identifier: Apache-2.0
#pragma once
/// A model with all that is needed to forecast with it: columns, scales, shapes, intervals; how it
/// is learned from a table and judged on the table's last part.

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/forecast/declaration.hpp"
#include "core/forecast/metrics.hpp"
#include "core/forecast/model_instance.hpp"
#include "core/forecast/series_table.hpp"
#include "core/forecast/split.hpp"

namespace weir::core {

/// How one target was forecast over the test part. Errors in the target's unit; NaN: not known.
struct Evaluation {
  std::string target;
  std::size_t data_points = 0;  ///< values of the target that are not missing
  double minimum = 0;
  double maximum = 0;
  double mean = 0;
  std::size_t test_samples = 0;  ///< windows
  double mae = 0;
  double rmse = 0;
  double r2 = 0;
  double mase = 0;
  double naive_mae = 0;           ///< the last value repeated
  double seasonal_naive_mae = 0;  ///< the value one season before
  double skill_naive = 0;         ///< 1 - mae / naive_mae
  double skill_seasonal_naive = 0;
  double coverage = 0;  ///< share of truths inside the interval
  std::uint64_t epochs = 0;
  double training_seconds = 0;
};

/// One step of a forecast. Values in the target's unit.
struct ForecastPoint {
  std::int64_t time = 0;
  std::size_t target = 0;  ///< index in Forecaster::target_features
  std::size_t step = 0;    ///< from 1
  double value = 0;
  double lower = 0;
  double upper = 0;
  double actual = 0;  ///< in backtests; NaN otherwise
};

/// A moment of learning, for histories and progress bars.
struct EpochRecord {
  std::uint64_t epoch = 0;
  std::uint64_t epochs = 0;
  double loss = 0;
  double validation_loss = 0;
  double best_loss = 0;
};

class Forecaster {
 public:
  using Make = std::function<std::unique_ptr<ModelInstance>()>;
  /// False: stop and keep the best so far.
  using Report = std::function<bool(const EpochRecord&)>;
  /// Seconds on a clock that never goes back.
  using Seconds = std::function<double()>;

  /// Learns from the train part of `table`, stops by its validation part, calibrates the intervals
  /// on the validation part and, where `refit` is asked for, learns again from all rows (evaluate
  /// first on an object that was not). Throws Error with the numbers needed where rows are too few.
  Forecaster(const SeriesTable& table, const HarnessDeclaration::Options& options, const Make& make,
             const Report& report, const Seconds& seconds);

  /// What save() wrote. Throws Error if the bytes are damaged, of another version, or do not fit.
  Forecaster(std::string_view bytes, const Make& make);

  [[nodiscard]] std::string save() const;

  /// The next `horizon` steps after the last row; empty where the last rows miss values. `table` is
  /// the one that was learned from or checked, perhaps with more rows.
  [[nodiscard]] std::vector<ForecastPoint> forecast(const SeriesTable& table);
  /// All origins of the test part, each with all steps.
  [[nodiscard]] const std::vector<ForecastPoint>& predictions() const { return predictions_; }
  /// One per target, of the test part; empty for a loaded model.
  [[nodiscard]] const std::vector<Evaluation>& evaluations() const { return evaluations_; }
  [[nodiscard]] const std::vector<EpochRecord>& history() const { return history_; }
  [[nodiscard]] const Feature& target(std::size_t index) const {
    return features_[targets_[index]];
  }
  [[nodiscard]] std::int64_t step() const { return step_; }
  /// Throws Error unless the table has the columns, step and order that the model learned from.
  void check_fits(const SeriesTable& table) const;

 private:
  void learn_scales(const SeriesTable& table, std::size_t train_end);
  void scale_rows(const SeriesTable& table);
  void fit(const SeriesTable& table, const Windows& windows, const Report& report);
  [[nodiscard]] std::vector<double> predict_from(const SeriesTable& table,
                                                 std::size_t origin) const;
  void calibrate(const SeriesTable& table, const Windows& windows);
  void evaluate(const SeriesTable& table, const Split& split, const Windows& windows,
                double training_seconds);
  [[nodiscard]] Evaluation evaluate_target(const SeriesTable& table, const Split& split,
                                           const Windows& windows, std::size_t target) const;
  [[nodiscard]] std::vector<ForecastPoint> points_from(const SeriesTable& table,
                                                       std::size_t origin) const;
  [[nodiscard]] double physical(std::size_t target, double scaled) const;
  [[nodiscard]] double truth(const SeriesTable& table, std::size_t row, std::size_t target) const;
  [[nodiscard]] std::size_t season_rows(const SeriesTable& table, std::size_t train_end,
                                        std::size_t target) const;

  HarnessDeclaration::Options options_;
  std::vector<Feature> features_;
  std::vector<std::uint32_t> targets_;
  std::int64_t step_ = 0;
  std::vector<double> scale_;  // of the harness, per feature: value = scaled * scale + offset
  std::vector<double> offset_;
  std::vector<double> half_width_;  // targets x horizon, in the target's unit; NaN: no interval
  std::unique_ptr<ModelInstance> model_;
  std::vector<EpochRecord> history_;
  std::vector<ForecastPoint> predictions_;
  std::vector<Evaluation> evaluations_;
  std::vector<double> scaled_;  // rows of the table so far, under the harness's scales
};

}  // namespace weir::core
