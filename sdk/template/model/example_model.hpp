// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The drift method: goes on from the last value by the mean change per step that was learned
/// (Hyndman and Athanasopoulos, Forecasting: Principles and Practice, chapter 5.2).

#include <weir/plugin.hpp>

struct ExampleModel {
  static constexpr auto name = "example-model";
  static constexpr auto summary = "Forecasts the last value plus the mean change per step.";

  /// Learns from the rows of the training windows alone.
  void fit(const weir::TrainingSet& set, weir::Progress& progress);
  /// horizon x targets values, row-major.
  weir::Forecast predict(const weir::Window& window) const;
  /// Text: a line `feature change` per target.
  std::string save() const;
  void load(std::string_view bytes);

 private:
  struct Target {
    std::size_t feature = 0;  // index among the features
    double change = 0;        // per step, scaled
  };
  std::vector<Target> targets_;
};
