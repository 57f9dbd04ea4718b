// SPDX-License-Identifier: Apache-2.0
#include "inputs.hpp"

#include <chrono>
#include <cmath>
#include <numbers>

namespace weir::lstm_model {
namespace {

using namespace std::chrono_literals;

constexpr Duration day = 24h;
constexpr Duration week = 7 * day;

double base(const InputPlan& plan, std::span<const double> last_row, std::size_t target) {
  return plan.residual == Residual::last ? last_row[plan.targets[target]] : 0;
}

// Sine and cosine of where `time` stands in the cycle. (1970 began on a Thursday; for a pair of
// sine and cosine the start does not matter.)
float* write_phase(Timestamp time, Duration cycle, float* to) {
  const Duration within = (time.time_since_epoch() % cycle + cycle) % cycle;
  const double angle = 2 * std::numbers::pi * static_cast<double>(within.count()) /
                       static_cast<double>(cycle.count());
  *to++ = static_cast<float>(std::sin(angle));
  *to++ = static_cast<float>(std::cos(angle));
  return to;
}

}  // namespace

void choose_calendar(InputPlan& plan, const Rows& rows, std::size_t end, Duration step) {
  const Duration span = end > 0 ? rows.time(end - 1) - rows.time(0) : Duration{0};
  const auto can_teach = [&](Duration cycle) { return span >= 2 * cycle && 4 * step <= cycle; };
  plan.daily = can_teach(day);
  plan.weekly = can_teach(week);
}

void choose_units(InputPlan& plan, const TrainingSet& set) {
  plan.units.assign(plan.targets.size(), 1);
  if (plan.residual == Residual::none) return;
  for (std::size_t target = 0; target < plan.targets.size(); ++target) {
    double sum = 0;
    for (const std::uint64_t window : set.train()) {
      const std::size_t origin = window + set.sequence_length();
      for (std::size_t step = 0; step < plan.horizon; ++step) {
        const double value = set.rows().at(origin + step, plan.targets[target]);
        sum += std::abs(value - base(plan, set.rows()[origin - 1], target));
      }
    }
    // A target that never changes leaves 0: then any unit will do.
    const double unit = sum / static_cast<double>(set.train().size() * plan.horizon);
    if (unit > 0 && std::isfinite(unit)) plan.units[target] = unit;
  }
}

void write_inputs(const InputPlan& plan, const Rows& rows, std::size_t first, std::size_t count,
                  float* inputs) {
  for (std::size_t row = first; row < first + count; ++row) {
    for (const double value : rows[row]) *inputs++ = static_cast<float>(value);
    if (plan.daily) inputs = write_phase(rows.time(row), day, inputs);
    if (plan.weekly) inputs = write_phase(rows.time(row), week, inputs);
  }
}

std::vector<Sample<float>> Examples::cut(const InputPlan& plan, const TrainingSet& set,
                                         std::span<const std::uint64_t> windows,
                                         std::vector<float>& targets) {
  const Rows& rows = set.rows();
  const std::size_t outputs = plan.horizon * plan.targets.size();
  targets.reserve(windows.size() * outputs);
  std::vector<Sample<float>> samples;
  samples.reserve(windows.size());
  for (const std::uint64_t window : windows) {
    const std::size_t origin = window + set.sequence_length();
    for (std::size_t step = 0; step < plan.horizon; ++step) {
      for (std::size_t target = 0; target < plan.targets.size(); ++target) {
        const double value = rows.at(origin + step, plan.targets[target]);
        targets.push_back(static_cast<float>((value - base(plan, rows[origin - 1], target)) /
                                             plan.units[target]));
      }
    }
    samples.push_back(
        {inputs_.data() + window * plan.inputs(), targets.data() + samples.size() * outputs});
  }
  return samples;
}

Examples::Examples(const InputPlan& plan, const TrainingSet& set) {
  inputs_.resize(set.rows().size() * plan.inputs());
  write_inputs(plan, set.rows(), 0, set.rows().size(), inputs_.data());
  train_ = cut(plan, set, set.train(), train_targets_);
  validation_ = cut(plan, set, set.validation(), validation_targets_);
}

Forecast to_forecast(const InputPlan& plan, std::span<const float> outputs,
                     std::span<const double> last_row) {
  Forecast forecast;
  forecast.reserve(outputs.size());
  for (std::size_t j = 0; j < outputs.size(); ++j) {
    const std::size_t target = j % plan.targets.size();
    forecast.push_back(static_cast<double>(outputs[j]) * plan.units[target] +
                       base(plan, last_row, target));
  }
  return forecast;
}

}  // namespace weir::lstm_model
