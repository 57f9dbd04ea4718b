// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Models with all that is needed to forecast with them: columns, scales, shapes, intervals; how
/// they are learned from a table and judged on the table's last part.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/forecast/declaration.hpp"
#include "core/forecast/evaluation.hpp"
#include "core/forecast/intervals.hpp"
#include "core/forecast/model_instance.hpp"
#include "core/forecast/series_table.hpp"
#include "core/forecast/split.hpp"
#include "core/forecast/views.hpp"

namespace weir::core {

/// A moment of learning, for histories and progress bars.
struct EpochRecord {
  std::uint64_t epoch = 0;
  std::uint64_t epochs = 0;
  double loss = 0;
  double validation_loss = 0;
  double best_loss = 0;
};

/// Where the models of a new Forecaster start from.
struct WarmStart {
  std::string columns;              ///< of the one that it was taken from
  std::vector<std::string> models;  ///< what each saved
};

class Forecaster {
 public:
  using Make = std::function<std::unique_ptr<ModelInstance>()>;
  /// False: stop and keep the best so far.
  using Report = std::function<bool(const EpochRecord&)>;
  /// Seconds on a clock that never goes back.
  using Seconds = std::function<double()>;

  /// In this order: learns from the train part of `table`, stopping by its validation part;
  /// calibrates the intervals on the validation part; learns from the validation part too
  /// (`learn_validation`); judges on the test part with frozen parameters; learns from all rows
  /// (`refit`). `warm` is not used where its columns are others. Throws Error with the numbers
  /// needed where rows are too few.
  Forecaster(const SeriesTable& table, const HarnessDeclaration::Options& options, const Make& make,
             const Report& report, const Seconds& seconds, const WarmStart& warm = {});

  /// What save() wrote. Throws Error if the bytes are damaged, of another version, or do not fit.
  Forecaster(std::string_view bytes, const Make& make);

  [[nodiscard]] std::string save() const;
  [[nodiscard]] WarmStart warm_start() const;

  /// The next `horizon` steps after the last row; without the targets whose last rows miss values.
  /// `table` is the one that was learned from or checked, perhaps with more rows.
  [[nodiscard]] std::vector<ForecastPoint> forecast(const SeriesTable& table);
  /// The truth of a point that forecast() gave has come; intervals learn from it.
  void settle(const ForecastPoint& point);
  /// See IntervalTracker::p_value; 1 while fewer residuals are known than 1 / `rate`.
  [[nodiscard]] double p_value(const ForecastPoint& point, double rate) const;
  /// Mean absolute residual of the target and step that the point belongs to.
  [[nodiscard]] double usual_error(const ForecastPoint& point) const;
  /// The table has forgotten its first rows.
  void drop_front(std::size_t rows);
  /// It serves a run now. The next table has other rows (of the same columns) than the one that was
  /// learned from; what was only of interest for that one is given up.
  void move_to_another_table();

  /// All origins of the test part, each with all steps.
  [[nodiscard]] const std::vector<ForecastPoint>& predictions() const { return predictions_; }
  /// One per target, of the test part; empty for a loaded model.
  [[nodiscard]] const std::vector<Evaluation>& evaluations() const { return evaluations_; }
  [[nodiscard]] const std::vector<EpochRecord>& history() const { return history_; }
  /// What the user should know of the rows; sentences.
  [[nodiscard]] const std::vector<std::string>& notes() const { return notes_; }
  [[nodiscard]] const Feature& target(std::size_t number) const {
    return features_[targets_[number]];
  }
  [[nodiscard]] std::int64_t step() const { return step_; }
  [[nodiscard]] std::size_t horizon() const { return options_.horizon; }
  /// Names of the features, "a, b".
  [[nodiscard]] std::string columns() const;
  /// It learned from this column.
  [[nodiscard]] bool knows(const std::string& column) const;
  /// The first of the options that shape a model in which `wanted` differs ("horizon"); empty:
  /// none.
  [[nodiscard]] std::string differs_in(const HarnessDeclaration::Options& wanted) const;
  /// Throws Error unless the table has the columns, step and order that the models learned from.
  void check_fits(const SeriesTable& table) const;

 private:
  // Learning (learning.cpp).
  void check_table(const SeriesTable& table) const;
  void note_targets(const SeriesTable& table, const Split& split);
  [[nodiscard]] Windows windows_of(const ViewRows& rows, const SeriesTable& table,
                                   const Split& split) const;
  void learn(const SeriesTable& table, const Split& split, const Report& report);
  void relearn(const SeriesTable& table, const Split& split, const Make& make,
               const Report& report);
  void fit(std::size_t model, const SeriesTable& table, const Split& split, const Report& report);
  void calibrate(const SeriesTable& table, const Split& split);
  void judge(const SeriesTable& table, const Split& split, double training_seconds);

  // The file (forecaster_file.cpp).
  void read_head(std::string_view text);
  void check_shapes() const;

  // Forecasting (forecaster.cpp).
  [[nodiscard]] std::vector<ForecastPoint> points_from(const ViewRows& rows,
                                                       const SeriesTable& table,
                                                       std::size_t origin) const;
  void set_interval(ForecastPoint& point) const;
  [[nodiscard]] double physical(std::size_t number, double scaled) const;
  [[nodiscard]] IntervalTracker& tracker(const ForecastPoint& point);
  [[nodiscard]] const IntervalTracker& tracker(const ForecastPoint& point) const;
  void extend_rows(const SeriesTable& table);

  HarnessDeclaration::Options options_;
  std::vector<Feature> features_;
  std::vector<std::uint32_t> targets_;
  std::int64_t step_ = 0;
  std::size_t season_ = 0;  // rows; 0: none
  Scales scales_;           // of the harness, per feature
  std::vector<ViewRows> rows_;
  std::vector<std::unique_ptr<ModelInstance>> models_;
  std::vector<IntervalTracker> intervals_;  // targets x horizon; empty: no interval is known
  std::vector<EpochRecord> history_;
  std::vector<ForecastPoint> predictions_;
  std::vector<Evaluation> evaluations_;
  std::vector<std::string> notes_;
  bool stopped_ = false;  // somebody asked to end the learning
};

}  // namespace weir::core
