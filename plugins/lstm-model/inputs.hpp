// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>
#include <weir/model.hpp>

#include "network/slice.hpp"

namespace weir::lstm_model {

/// What the network's outputs are added to.
enum class Residual : std::uint8_t {
  none = 0,
  last = 1  // the last value of the target in the window, so that an untrained network is naive
};

/// How rows become inputs of the network, and its outputs forecasts.
struct InputPlan {
  std::size_t features = 0;  // of a row
  std::size_t horizon = 0;
  std::vector<std::uint32_t> targets;  // indices of features
  Residual residual = Residual::none;
  // Per target: forecast = output * unit + what the residual adds. With Residual::none 1, else the
  // mean size of the differences, without which rare peaks make them too small to be learned.
  std::vector<double> units;
  bool daily = false;   // two inputs more: sine and cosine of the time of day (UTC)
  bool weekly = false;  // two more: of the time of the week

  /// Of the network, per step.
  [[nodiscard]] std::size_t inputs() const { return features + (daily ? 2 : 0) + (weekly ? 2 : 0); }
  bool operator==(const InputPlan&) const = default;
};

/// The calendar inputs that these rows can teach: a cycle counts if the rows before `end` span it
/// twice and a step is at most a quarter of it.
void choose_calendar(InputPlan& plan, const Rows& rows, std::size_t end, Duration step);

/// The units of the outputs, learned from the training windows of `set`.
void choose_units(InputPlan& plan, const TrainingSet& set);

/// Rows first … first + count − 1 as inputs [count × plan.inputs()].
void write_inputs(const InputPlan& plan, const Rows& rows, std::size_t first, std::size_t count,
                  float* inputs);

/// The examples of a training set; owns what they point to.
class Examples {
 public:
  Examples(const InputPlan& plan, const TrainingSet& set);

  [[nodiscard]] std::span<const Sample<float>> train() const { return train_; }
  [[nodiscard]] std::span<const Sample<float>> validation() const { return validation_; }

 private:
  std::vector<Sample<float>> cut(const InputPlan& plan, const TrainingSet& set,
                                 std::span<const std::uint64_t> windows,
                                 std::vector<float>& targets);

  std::vector<float> inputs_;  // all rows; windows overlap in it
  std::vector<float> train_targets_, validation_targets_;
  std::vector<Sample<float>> train_, validation_;
};

/// Outputs [horizon × targets] as a forecast of the same shape, given the window's last row.
[[nodiscard]] Forecast to_forecast(const InputPlan& plan, std::span<const float> outputs,
                                   std::span<const double> last_row);

}  // namespace weir::lstm_model
