// SPDX-License-Identifier: Apache-2.0
#pragma once
/// What all of this library's models must do alike.

#include <cmath>
#include <string>
#include <vector>
#include <weir/model_testing.hpp>
#include <weir/testing.hpp>

#include "baseline_models.hpp"

namespace weir::baseline_models::test {

using weir::testing::Bench;
using weir::testing::EpochListener;
using weir::testing::ModelRows;

template <class Model>
void fit(Model& model, const TrainingSet& set) {
  const EpochListener listener;
  Progress progress = listener.progress();
  model.fit(set, progress);
}

/// Mean absolute error over validation windows; the first target.
template <class Model>
double error(Model& model, ModelRows& rows, std::size_t sequence_length, std::size_t horizon) {
  double sum = 0;
  for (const std::uint64_t window : rows.validation_windows()) {
    const std::size_t origin = window + sequence_length;
    const Forecast forecast = model.predict(rows.window(origin));
    for (std::size_t step = 0; step < horizon; ++step)
      sum += std::abs(forecast[step] - rows.value(origin + step));
  }
  return sum / static_cast<double>(rows.validation_windows().size() * horizon);
}

/// Noise without chance: the same on every run, spread over -1 to 1.
inline double noise(std::size_t row) {
  std::uint64_t x = (row + 1) * 0x9e3779b97f4a7c15U;
  x ^= x >> 31;
  x *= 0xbf58476d1ce4e5b9U;
  x ^= x >> 29;
  return static_cast<double>(x >> 11) / static_cast<double>(std::uint64_t{1} << 52) - 1;
}

inline double daily(std::size_t row) {
  return 5 + 3 * std::sin(2 * M_PI * static_cast<double>(row) / 24);
}

}  // namespace weir::baseline_models::test
