// SPDX-License-Identifier: Apache-2.0
#pragma once
/// What the author of a forecaster writes: its mathematics and nothing else.
///
///   struct Drift {
///     static constexpr auto name = "drift-model", summary = "Continues the line from first to
///     last."; void fit(const TrainingSet& set, Progress& progress); Forecast predict(const Window&
///     window); std::string save() const;            // bytes, any form void load(std::string_view
///     bytes);   // may be damaged or hostile: throw Error
///   };
///
/// The engine's harness collects rows, scales, splits, cuts windows, evaluates, calibrates
/// intervals and keeps the model's file. Each fit happens on a fresh object; load too.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "abi.h"
#include "error.hpp"
#include "units.hpp"

namespace weir {

/// Rows x features in time order on a regular grid. Values are scaled; a missing one is NaN.
class Rows {
 public:
  Rows(const double* values, const std::int64_t* times, std::size_t rows, std::size_t features)
      : values_(values), times_(times), rows_(rows), features_(features) {}

  [[nodiscard]] std::size_t size() const { return rows_; }
  [[nodiscard]] std::size_t features() const { return features_; }
  [[nodiscard]] double at(std::size_t row, std::size_t feature) const {
    return values_[row * features_ + feature];
  }
  /// All features of a row.
  [[nodiscard]] std::span<const double> operator[](std::size_t row) const {
    return {values_ + row * features_, features_};
  }
  [[nodiscard]] Timestamp time(std::size_t row) const { return Timestamp{Duration{times_[row]}}; }
  /// Row-major, rows x features.
  [[nodiscard]] std::span<const double> values() const { return {values_, rows_ * features_}; }

 private:
  const double* values_;
  const std::int64_t* times_;
  std::size_t rows_;
  std::size_t features_;
};

/// What a model learns from. Lent for the call of fit.
class TrainingSet {
 public:
  explicit TrainingSet(const weir_training_set& set)
      : set_(&set), rows_(set.values, set.times, set.rows, set.features) {}

  [[nodiscard]] const Rows& rows() const { return rows_; }
  [[nodiscard]] std::size_t features() const { return set_->features; }
  [[nodiscard]] std::string_view feature_name(std::size_t feature) const {
    return set_->feature_names[feature];
  }
  /// physical value = value * scale + offset, per feature.
  [[nodiscard]] std::span<const double> scale() const { return {set_->scale, set_->features}; }
  [[nodiscard]] std::span<const double> offset() const { return {set_->offset, set_->features}; }
  /// Indices of the features that are forecast.
  [[nodiscard]] std::span<const std::uint32_t> targets() const {
    return {set_->targets, set_->target_count};
  }
  [[nodiscard]] std::size_t sequence_length() const { return set_->sequence_length; }
  [[nodiscard]] std::size_t horizon() const { return set_->horizon; }
  /// First rows of windows: inputs are rows [w, w + sequence_length), what is to be forecast are
  /// the targets of rows [w + sequence_length, w + sequence_length + horizon). None of them is
  /// missing.
  [[nodiscard]] std::span<const std::uint64_t> train() const {
    return {set_->train, set_->train_count};
  }
  [[nodiscard]] std::span<const std::uint64_t> validation() const {
    return {set_->validation, set_->validation_count};
  }
  [[nodiscard]] Duration step() const { return Duration{set_->step}; }
  [[nodiscard]] std::uint64_t seed() const { return set_->seed; }

 private:
  const weir_training_set* set_;
  Rows rows_;
};

/// All that is known at the moment of forecasting; the last row is the origin.
class Window {
 public:
  explicit Window(const weir_window& window)
      : window_(&window), rows_(window.values, window.times, window.rows, window.features) {}

  /// At least sequence_length rows; the last sequence_length of them are not missing.
  [[nodiscard]] const Rows& rows() const { return rows_; }
  [[nodiscard]] std::size_t sequence_length() const { return window_->sequence_length; }
  [[nodiscard]] std::size_t horizon() const { return window_->horizon; }
  [[nodiscard]] std::size_t target_count() const { return window_->target_count; }
  [[nodiscard]] Duration step() const { return Duration{window_->step}; }

 private:
  const weir_window* window_;
  Rows rows_;
};

/// horizon x targets scaled values, row-major.
using Forecast = std::vector<double>;

/// How learning goes on.
class Progress {
 public:
  explicit Progress(const weir_progress& progress) : progress_(&progress) {}

  /// False: stop now and keep the best so far. `epoch` from 1 to at most `epochs`; `best` is the
  /// loss of the weights that would be kept now.
  [[nodiscard]] bool report(std::uint64_t epoch, std::uint64_t epochs, double loss, double best,
                            std::optional<double> validation_loss = std::nullopt) {
    weir_epoch now{};
    now.size = sizeof now;
    now.epoch = epoch;
    now.epochs = epochs;
    now.loss = loss;
    now.validation_loss = validation_loss.value_or(std::numeric_limits<double>::quiet_NaN());
    now.best_loss = best;
    return progress_->report(progress_->self, &now) != 0;
  }

 private:
  const weir_progress* progress_;
};

}  // namespace weir
