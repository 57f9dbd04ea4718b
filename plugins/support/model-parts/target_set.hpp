// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstdint>
#include <span>
#include <vector>
#include <weir/model.hpp>

#include "history.hpp"

namespace weir::model_parts {

/// At most `most` of the windows, evenly spread, the last among them.
[[nodiscard]] std::vector<std::uint64_t> thinned(std::span<const std::uint64_t> windows,
                                                 std::size_t most);

/// A training set as a model sees that forecasts one target. Where there is no validation part, and
/// choices are to be made, the last fifth of the training windows serves (apart from those that
/// overlap it).
class TargetSet {
 public:
  TargetSet(const TrainingSet& set, std::size_t feature);

  [[nodiscard]] const TrainingSet& set() const { return *set_; }
  [[nodiscard]] std::size_t feature() const { return feature_; }
  [[nodiscard]] std::size_t horizon() const { return set_->horizon(); }
  /// To learn from while choices are made, and to make them by; the second may be empty where rows
  /// are few.
  [[nodiscard]] std::span<const std::uint64_t> train() const { return train_; }
  [[nodiscard]] std::span<const std::uint64_t> validation() const { return validation_; }
  /// All to learn from once the choices are made.
  [[nodiscard]] std::span<const std::uint64_t> all() const { return set_->train(); }
  /// The first row that no training window holds, of what to learn the choices or all from.
  [[nodiscard]] std::size_t train_end() const { return end_of(train_); }
  [[nodiscard]] std::size_t all_end() const { return end_of(all()); }

  [[nodiscard]] History history(std::uint64_t window) const {
    return {set_->rows(), set_->series_begin(window), window + set_->sequence_length(),
            set_->step()};
  }
  [[nodiscard]] double truth(std::uint64_t window, std::size_t step) const {
    return set_->rows().at(window + set_->sequence_length() + step, feature_);
  }
  /// Mean absolute error over the windows and steps; `forecast(history, std::span<double>)` writes
  /// `horizon` values. NaN without windows.
  template <class Forecaster>
  [[nodiscard]] double error(std::span<const std::uint64_t> windows,
                             const Forecaster& forecast) const {
    std::vector<double> values(horizon());
    double sum = 0;
    for (const std::uint64_t window : windows) {
      forecast(history(window), std::span<double>(values));
      for (std::size_t j = 0; j < values.size(); ++j) sum += std::abs(values[j] - truth(window, j));
    }
    return sum / static_cast<double>(windows.size() * horizon());
  }

 private:
  [[nodiscard]] std::size_t end_of(std::span<const std::uint64_t> windows) const;

  const TrainingSet* set_;
  std::size_t feature_;
  std::vector<std::uint64_t> train_;
  std::vector<std::uint64_t> validation_;
};

}  // namespace weir::model_parts
