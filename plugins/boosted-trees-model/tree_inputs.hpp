// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "history.hpp"
#include "linear_fit.hpp"
#include "model_shape.hpp"
#include "saved_bytes.hpp"
#include "seasons.hpp"
#include "target_set.hpp"

namespace weir::boosted_trees_model {

/// What the trees look at for one step ahead of one target, and what they start from.
///
/// Of the window: the last value, and against the median of the rows before it (a day, if the rows
/// hold two), lags, means, least and greatest, all as differences to the last value, and the
/// deviation. Of other features: last value, change, mean. Of the step: its number, time of the day
/// and of the week, and per season the values one and two seasons before it and around, the mean of
/// four seasons, the value one season before the last. NaN where nothing is known.
///
/// The trees learn what a simple forecast leaves: the last value, or a linear one with the least
/// absolute error, from last value, that median, mean of the window and the values a season before.
/// So they start from the naive, the seasonal or the constant forecast, whichever the series asks
/// for.
enum class Start : std::uint8_t { last, linear };

class TreeInputs {
 public:
  TreeInputs() = default;
  /// Learns seasons and the simple forecast from `windows`, all of them before row `end`,
  /// the target seen through the warp.
  TreeInputs(const model_parts::TargetSet& set, std::span<const std::uint64_t> windows,
             std::size_t end, const model_parts::Warp& warp, Start start);

  [[nodiscard]] std::size_t width() const;
  /// What all steps have in common; call it before the others.
  void look_at(const model_parts::History& history, std::size_t feature);
  /// Inputs of step `step` (from 0) [width].
  void write(std::size_t step, float* to) const;
  /// The simple forecast of the step.
  [[nodiscard]] double start(std::size_t step) const;

  void put(model_parts::BytesWriter& to) const;
  [[nodiscard]] static TreeInputs take(model_parts::BytesReader& from,
                                       const model_parts::ModelShape& shape);

 private:
  [[nodiscard]] std::size_t common_width() const;
  /// Inputs of the simple forecast.
  [[nodiscard]] std::vector<double> simple_inputs(std::size_t step) const;

  std::size_t sequence_length_ = 1;
  std::size_t level_rows_ = 1;
  std::vector<std::uint64_t> lags_;
  std::vector<std::uint64_t> means_;  // rows
  std::vector<std::uint32_t> others_;
  std::vector<std::uint64_t> seasons_;
  Start start_ = Start::last;
  std::vector<model_parts::LinearFit> starts_;  // per step, where the start is linear

  // Of the window looked at.
  const model_parts::History* history_ = nullptr;
  std::size_t feature_ = 0;
  double last_ = 0;
  double level_ = 0;
  double mean_ = 0;
  std::vector<float> common_;
};

}  // namespace weir::boosted_trees_model
