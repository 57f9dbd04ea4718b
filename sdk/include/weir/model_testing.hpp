// SPDX-License-Identifier: Apache-2.0
#pragma once
/// What the harness would hand to a model, for the model's own tests.
///
///   ModelRows rows({.rows = 200, .sequence_length = 24, .horizon = 12},
///                  [](std::size_t row, std::size_t feature) { return …; });
///   model.fit(rows.training(), listener.progress());
///   model.predict(rows.window(150));

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "model.hpp"

namespace weir::testing {

/// Rows on a regular grid and the windows that may be cut from them.
class ModelRows {
 public:
  struct Shape {
    std::size_t rows = 0;
    std::size_t features = 1;
    std::vector<std::uint32_t> targets = {0};
    std::uint32_t sequence_length = 24;
    std::uint32_t horizon = 12;
    Duration step = std::chrono::minutes(5);
    std::size_t season = 0;       ///< rows; 0: none
    unsigned train_percent = 80;  ///< the rest of the rows is for validation
    Timestamp start = Timestamp{};
  };

  /// `value(row, feature)`; NaN is missing, and no window holds such a row.
  ModelRows(Shape shape, const std::function<double(std::size_t, std::size_t)>& value)
      : shape_(std::move(shape)), scale_(shape_.features, 1), offset_(shape_.features, 0) {
    for (std::size_t feature = 0; feature < shape_.features; ++feature)
      name_texts_.push_back("feature" + std::to_string(feature));
    for (const std::string& name : name_texts_) names_.push_back(name.c_str());
    for (std::size_t row = 0; row < shape_.rows; ++row) {
      times_.push_back((shape_.start.time_since_epoch() + shape_.step * std::int64_t(row)).count());
      for (std::size_t feature = 0; feature < shape_.features; ++feature)
        values_.push_back(value(row, feature));
    }
    cut_windows();
  }
  ModelRows(const ModelRows&) = delete;
  ModelRows& operator=(const ModelRows&) = delete;

  [[nodiscard]] TrainingSet training() { return TrainingSet(raw_training()); }
  /// Lives as long as this; may be changed before it is used.
  [[nodiscard]] weir_training_set& raw_training() {
    set_.size = sizeof set_;
    set_.features = static_cast<std::uint32_t>(shape_.features);
    set_.rows = shape_.rows;
    set_.values = values_.data();
    set_.times = times_.data();
    set_.feature_names = names_.data();
    set_.scale = scale_.data();
    set_.offset = offset_.data();
    set_.targets = shape_.targets.data();
    set_.target_count = static_cast<std::uint32_t>(shape_.targets.size());
    set_.sequence_length = shape_.sequence_length;
    set_.horizon = shape_.horizon;
    set_.train = train_.data();
    set_.train_count = train_.size();
    set_.validation = validation_.data();
    set_.validation_count = validation_.size();
    set_.step = shape_.step.count();
    set_.seed = 1;
    set_.season = shape_.season;
    set_.segments = &first_row_;
    set_.segment_count = 1;
    return set_;
  }
  /// All that is known once `known_rows` rows are there.
  [[nodiscard]] Window window(std::size_t known_rows) {
    window_.size = sizeof window_;
    window_.features = static_cast<std::uint32_t>(shape_.features);
    window_.rows = known_rows;
    window_.values = values_.data();
    window_.times = times_.data();
    window_.sequence_length = shape_.sequence_length;
    window_.horizon = shape_.horizon;
    window_.target_count = static_cast<std::uint32_t>(shape_.targets.size());
    window_.step = shape_.step.count();
    return Window(window_);
  }
  /// Moves the validation windows to the training ones, as the harness does for the last fit.
  void learn_validation() {
    train_.insert(train_.end(), validation_.begin(), validation_.end());
    validation_.clear();
  }
  [[nodiscard]] double value(std::size_t row, std::size_t feature = 0) const {
    return values_[row * shape_.features + feature];
  }
  [[nodiscard]] const std::vector<std::uint64_t>& validation_windows() const { return validation_; }

 private:
  void cut_windows() {
    const std::size_t length = std::size_t{shape_.sequence_length} + shape_.horizon;
    const std::size_t train_end = shape_.rows * shape_.train_percent / 100;
    std::size_t whole = 0;  // rows without a missing value up to and including `last`
    for (std::size_t last = 0; last < shape_.rows; ++last) {
      bool complete = true;
      for (std::size_t i = 0; i < shape_.features; ++i)
        complete = complete && value(last, i) == value(last, i);
      whole = complete ? whole + 1 : 0;
      if (whole < length) continue;
      const std::size_t first = last + 1 - length;
      if (last < train_end) {
        train_.push_back(first);
      } else if (first + shape_.sequence_length >= train_end) {
        validation_.push_back(first);
      }
    }
  }

  Shape shape_;
  std::vector<double> values_;
  std::vector<std::int64_t> times_;
  std::vector<std::string> name_texts_;
  std::vector<const char*> names_;
  std::vector<double> scale_;
  std::vector<double> offset_;
  std::vector<std::uint64_t> train_;
  std::vector<std::uint64_t> validation_;
  std::uint64_t first_row_ = 0;
  weir_training_set set_{};
  weir_window window_{};
};

/// Listens to a training; stops it at an epoch.
class EpochListener {
 public:
  explicit EpochListener(std::uint64_t stop_at = ~std::uint64_t{0}) : stop_at_(stop_at) {
    raw_.size = sizeof raw_;
    raw_.self = this;
    raw_.report = [](void* self, const weir_epoch* epoch) -> std::int32_t {
      auto& me = *static_cast<EpochListener*>(self);
      me.epochs_.push_back(*epoch);
      return epoch->epoch < me.stop_at_ ? 1 : 0;
    };
  }
  EpochListener(const EpochListener&) = delete;
  EpochListener& operator=(const EpochListener&) = delete;

  [[nodiscard]] Progress progress() const { return Progress(raw_); }
  [[nodiscard]] const weir_progress& raw() const { return raw_; }
  [[nodiscard]] const std::vector<weir_epoch>& epochs() const { return epochs_; }

 private:
  std::uint64_t stop_at_;
  weir_progress raw_{};
  std::vector<weir_epoch> epochs_;
};

}  // namespace weir::testing
