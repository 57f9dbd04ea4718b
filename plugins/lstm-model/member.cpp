// SPDX-License-Identifier: Apache-2.0
#include "member.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace weir::lstm_model {

Shape network_shape(const InputPlan& plan, const Way& way, std::vector<std::size_t> units,
                    Activation activation) {
  const std::size_t outputs = plan.network_steps() * plan.targets.size();
  const std::size_t lagged = way.lagged ? plan.lags.size() * outputs : 0;
  return {plan.steps, plan.inputs(way.lagged),          std::move(units), outputs,
          activation, lagged + linear_inputs(plan, way)};
}

namespace {

// Lags are measured as their target is.
void measure_lags(const InputPlan& plan, Moments& moments) {
  for (std::size_t column = plan.inputs(false); column < moments.centre.size(); ++column) {
    const std::size_t lag_column = column - plan.inputs(false);
    const std::size_t feature = plan.targets[lag_column % plan.targets.size()];
    moments.centre[column] = moments.centre[feature];
    moments.gain[column] = moments.gain[feature];
  }
}

}  // namespace

void measure(const InputPlan& plan, const Member& member, std::span<const float> window,
             Moments& moments) {
  const std::size_t width = plan.inputs(member.way.lagged);
  moments.centre.assign(width, 0);
  moments.gain.assign(width, 1);
  moments.spread.assign(plan.targets.size(), 1);
  if (member.way.standard) {
    for (std::size_t feature = 0; feature < plan.features; ++feature) {
      moments.centre[feature] = static_cast<float>(member.centres[feature]);
      moments.gain[feature] = static_cast<float>(1 / member.floors[feature]);
    }
    const float* const last = window.data() + (plan.steps - 1) * width;
    for (const std::uint32_t target : plan.targets) {
      if (member.way.relative) moments.centre[target] = last[target];
    }
    measure_lags(plan, moments);
  }
  if (!member.way.instance_norm) return;
  const auto steps = static_cast<double>(plan.steps);
  std::vector<double>& spread = moments.spread;
  for (std::size_t feature = 0; feature < plan.features; ++feature) {
    double sum = 0, squares = 0;
    for (std::size_t t = 0; t < plan.steps; ++t)
      sum += static_cast<double>(window[t * width + feature]);
    const double mean = sum / steps;
    for (std::size_t t = 0; t < plan.steps; ++t) {
      const double from_mean = static_cast<double>(window[t * width + feature]) - mean;
      squares += from_mean * from_mean;
    }
    const double size = std::max(std::sqrt(squares / steps), member.floors[feature]);
    moments.centre[feature] = static_cast<float>(mean);
    moments.gain[feature] = static_cast<float>(1 / size);
    for (std::size_t target = 0; target < plan.targets.size(); ++target) {
      if (plan.targets[target] == feature) spread[target] = size;
    }
  }
  measure_lags(plan, moments);
}

void normalise_known(const InputPlan& plan, const Way& way, const Moments& moments,
                     std::span<const float> window, std::span<float> known) {
  const std::size_t width = moments.centre.size();
  const std::size_t count = plan.targets.size();
  const float* const last = window.data() + (plan.steps - 1) * width;
  const std::size_t lagged = known.size() - linear_inputs(plan, way);
  for (std::size_t j = 0; j < lagged; ++j) {
    const std::size_t feature = plan.targets[j % count];
    const float centre = way.linear ? last[feature] : moments.centre[feature];
    known[j] = (known[j] - centre) * moments.gain[feature];
  }
  for (std::size_t j = lagged; j < known.size(); ++j) {
    const std::size_t feature = plan.targets[(j - lagged) % count];
    const std::size_t row = (j - lagged) / count;
    known[j] = (window[row * width + feature] - last[feature]) * moments.gain[feature];
  }
}

MemberPredictor::MemberPredictor(const InputPlan& plan, const Member& member)
    : plan_(plan),
      member_{member.way,    member.units,   member.trust,
              member.floors, member.centres, member.weight,
              member.epochs, member.shape,   {}},
      predictor_(member.shape, member.weights) {}

// The network once, over window_; forecast [network_steps × targets].
void MemberPredictor::run(std::span<const float> known, std::span<double> forecast) {
  const std::size_t width = member_.shape.features;
  seen_ = window_;
  const std::size_t lagged = member_.shape.known - linear_inputs(plan_, member_.way);
  known_.assign(known.begin(), known.begin() + static_cast<std::ptrdiff_t>(lagged));
  known_.resize(member_.shape.known);
  measure(plan_, member_, window_, moments_);
  for (std::size_t j = 0; j < seen_.size(); ++j) {
    const std::size_t column = j % width;
    seen_[j] = (seen_[j] - moments_.centre[column]) * moments_.gain[column];
  }
  normalise_known(plan_, member_.way, moments_, window_, known_);
  const std::span<const float> outputs = predictor_.predict(seen_, known_);
  const float* const last_row = window_.data() + window_.size() - width;
  for (std::size_t j = 0; j < forecast.size(); ++j) {
    const std::size_t target = j % plan_.targets.size();
    const double base = static_cast<double>(base_of(plan_, member_.way, last_row, known.data(), j));
    const double unit = member_.trust[j] * member_.units[target] * moments_.spread[target];
    forecast[j] = static_cast<double>(outputs[j]) * unit + base;
  }
}

// The row after the last: what was forecast, the calendar of its time, the lags of its place; other
// features stay as they were.
void MemberPredictor::append_row(const WindowInputs& inputs, std::size_t step,
                                 std::span<const double> forecast) {
  const std::size_t width = member_.shape.features;
  const std::size_t count = plan_.targets.size();
  std::vector<float> row(window_.end() - static_cast<std::ptrdiff_t>(width), window_.end());
  for (std::size_t target = 0; target < count; ++target)
    row[plan_.targets[target]] = plan_.fed_back_value(target, static_cast<float>(forecast[target]));
  std::copy_n(inputs.future.data() + step * plan_.calendar(), plan_.calendar(),
              row.begin() + static_cast<std::ptrdiff_t>(plan_.features));
  for (std::size_t column = plan_.inputs(false); column < width; ++column) {
    const std::size_t lag = (column - plan_.inputs(false)) / count;
    const std::size_t target = (column - plan_.inputs(false)) % count;
    row[column] = inputs.known[(lag * plan_.horizon + step) * count + target];
  }
  std::move(window_.begin() + static_cast<std::ptrdiff_t>(width), window_.end(), window_.begin());
  std::copy(row.begin(), row.end(), window_.end() - static_cast<std::ptrdiff_t>(width));
}

void MemberPredictor::predict(const WindowInputs& inputs, std::span<double> forecast) {
  const std::size_t width = member_.shape.features;
  const std::size_t full = plan_.inputs(true);
  window_.resize(plan_.steps * width);
  for (std::size_t t = 0; t < plan_.steps; ++t)
    std::copy_n(inputs.window.data() + t * full, width, window_.data() + t * width);
  if (!plan_.recursive) return run(inputs.known, forecast);
  const std::size_t count = plan_.targets.size();
  for (std::size_t step = 0; step < plan_.horizon; ++step) {
    step_known_.clear();
    for (std::size_t lag = 0; lag < plan_.lags.size(); ++lag) {
      const float* const from = inputs.known.data() + (lag * plan_.horizon + step) * count;
      step_known_.insert(step_known_.end(), from, from + count);
    }
    const std::span<double> now = forecast.subspan(step * count, count);
    run(step_known_, now);
    if (step + 1 < plan_.horizon) append_row(inputs, step, now);
  }
}

}  // namespace weir::lstm_model
