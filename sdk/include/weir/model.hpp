// SPDX-License-Identifier: Apache-2.0
#pragma once
/// What the author of a forecaster writes: its mathematics and nothing else.
///
///   struct Drift {
///     static constexpr auto name = "drift-model";
///     static constexpr auto summary = "Continues the line from first to last.";
///     void fit(const TrainingSet& set, Progress& progress);
///     Forecast predict(const Window& window);
///     std::string save() const;            // bytes, any form
///     void load(std::string_view bytes);   // may be damaged or hostile: throw Error
///     void open(Context& context);         // optional; once, before all else
///   };
///
/// The engine's harness collects rows, scales, splits, cuts windows, evaluates, calibrates
/// intervals and keeps the model's file.
///
/// fit happens on a fresh object, or on one that has loaded. The second is a warm start: learn
/// again from the rows given, with the choices that were loaded (how many rounds, which season,
/// weights to start from). The harness does so once the validation part has served: then
/// `validation` is empty and its windows are among `train`. It also does so when a model is
/// retrained. A loaded model that cannot go on with the set (other shapes) starts anew.

#include <algorithm>
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
#include "node.hpp"
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
  /// Rows of the season that the pipeline names or the harness found; 0: none.
  [[nodiscard]] std::size_t season() const { return has_segments() ? set_->season : 0; }
  /// First row of the series that `row` belongs to. Several series stand one after the other; who
  /// looks back further than a window must stop there.
  [[nodiscard]] std::size_t series_begin(std::size_t row) const {
    if (!has_segments()) return 0;
    const std::uint64_t* end = set_->segments + set_->segment_count;
    const std::uint64_t* after = std::upper_bound(set_->segments, end, row);
    return after == set_->segments ? 0 : *(after - 1);
  }
  /// As it came through the boundary, for a set with other windows that is handed to another model.
  [[nodiscard]] const weir_training_set& raw() const { return *set_; }

 private:
  /// An engine of ABI 1.0 gives a smaller struct, and one series at a time.
  [[nodiscard]] bool has_segments() const {
    return set_->size >= offsetof(weir_training_set, segment_count) + sizeof set_->segment_count;
  }

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
  [[nodiscard]] const weir_window& raw() const { return *window_; }

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
  [[nodiscard]] const weir_progress& raw() const { return *progress_; }

 private:
  const weir_progress* progress_;
};

/// Another plugin's model, made by the engine for a model that is built of others. Calls as the
/// harness makes them; each throws Error with what the other model said, or Fatal.
class OtherModel {
 public:
  /// `plugin` by its name, `options` a JSON object or empty. Throws Fatal: unknown plugin, wrong
  /// option, or an engine that has no weir.models/1.
  OtherModel(const Context& context, const std::string& plugin, const std::string& options = {})
      : models_(static_cast<const weir_models*>(context.query(WEIR_MODELS_EXTENSION))) {
    if (models_ == nullptr || models_->size < sizeof(weir_models))
      throw Fatal("this engine cannot make models for a model (" WEIR_MODELS_EXTENSION ")");
    weir_error error = no_error();
    check(models_->create(models_->self, plugin.c_str(),
                          options.empty() ? nullptr : options.c_str(), &model_, &calls_, &error),
          error);
  }
  OtherModel(OtherModel&& other) noexcept
      : models_(other.models_),
        model_(std::exchange(other.model_, nullptr)),
        calls_(other.calls_) {}
  OtherModel& operator=(OtherModel&& other) noexcept {
    std::swap(models_, other.models_);
    std::swap(model_, other.model_);
    std::swap(calls_, other.calls_);
    return *this;
  }
  ~OtherModel() {
    if (model_ != nullptr) models_->destroy(models_->self, model_);
  }

  void fit(const weir_training_set& set, const weir_progress& progress) {
    weir_error error = no_error();
    check(calls_->fit(model_, &set, &progress, &error), error);
  }
  [[nodiscard]] Forecast predict(const weir_window& window) {
    Forecast forecast(std::size_t{window.horizon} * window.target_count);
    weir_error error = no_error();
    check(calls_->predict(model_, &window, forecast.data(), &error), error);
    return forecast;
  }
  [[nodiscard]] std::string save() {
    std::string bytes;
    weir_writer writer{};
    writer.size = sizeof writer;
    writer.self = &bytes;
    writer.write = [](void* self, const void* data, std::size_t size) -> weir_status {
      try {
        static_cast<std::string*>(self)->append(static_cast<const char*>(data), size);
        return WEIR_OK;
      } catch (...) {  // out of memory; must not cross the C boundary
        return WEIR_FAILED;
      }
    };
    weir_error error = no_error();
    check(calls_->save(model_, &writer, &error), error);
    return bytes;
  }
  void load(std::string_view bytes) {
    weir_error error = no_error();
    check(calls_->load(model_, bytes.data(), bytes.size(), &error), error);
  }

 private:
  static weir_error no_error() {
    weir_error error{};
    error.size = sizeof error;
    return error;
  }
  static void check(weir_status status, const weir_error& error) {
    if (status == WEIR_OK) return;
    if (status == WEIR_FATAL) throw Fatal(error.message);
    throw Error(error.message);
  }

  const weir_models* models_;
  void* model_ = nullptr;
  const weir_model* calls_ = nullptr;
};

}  // namespace weir
