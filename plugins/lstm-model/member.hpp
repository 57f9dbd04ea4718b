// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "inputs.hpp"
#include "network/aligned_vector.hpp"
#include "network/predictor.hpp"
#include "network/shape.hpp"

namespace weir::lstm_model {

/// What the network's outputs are added to.
enum class Residual : std::uint8_t {
  none = 0,
  last = 1,     // the last value of the target in the window: an untrained network is naive
  seasonal = 2  // the values one season before what is forecast: seasonal naive
};

/// One way of putting the question to a network.
struct Way {
  Residual residual = Residual::last;
  // Each window is centred by its own mean and divided by its own spread, per feature, and the
  // outputs multiplied by the target's (after Kim et al. 2022, without the learned part).
  bool instance_norm = false;
  bool lagged = false;  // the network sees the lags of the plan
  // Each feature is centred and divided by its mean and spread over the training rows; not with
  // instance_norm, which has its own.
  bool standard = false;
  // The window's targets go straight to the head, too, as distances from the last value (and so do
  // the lags): over the last value, a network that has learned nothing else is an autoregressive
  // linear model.
  bool linear = false;
  // With `standard`: the targets (and their lags) are seen as distances from the last value alone,
  // so that a new level is nothing new. Their measure is the distances' mean size, within
  // 0.01 to 1 times the spread.
  bool relative = false;

  bool operator==(const Way&) const = default;
};

/// One trained network and what stands around it:
///   forecast = output · trust · unit · spread + base,
/// per target, base by the residual, spread 1 without instance_norm.
struct Member {
  Way way;
  // Per target: the mean size of (value − base) / spread over the training windows. Without it rare
  // peaks make the differences too small to be learned.
  std::vector<double> units;
  // Per output of the network, 0 to 1: how much of the difference validated best. 0 is the base.
  std::vector<double> trust;
  // Per feature: the least spread of instance_norm, or what `standard` divides by; else empty.
  std::vector<double> floors;
  std::vector<double> centres;  // per feature, of `standard`; else empty
  std::uint32_t weight = 1;     // in the mean of the members
  std::uint32_t epochs = 1;     // after which it validated best
  Shape shape;
  AlignedVector<float> weights;

  bool operator==(const Member&) const = default;
};

/// The shape of a network that goes this way.
[[nodiscard]] Shape network_shape(const InputPlan& plan, const Way& way,
                                  std::vector<std::size_t> units, Activation activation);

/// Centre and spread of a window, one value per input of its rows; 0 and 1 for the calendar.
struct Moments {
  std::vector<float> centre;
  std::vector<float> gain;     // 1 / spread
  std::vector<double> spread;  // per target
};

/// Of a window [steps × inputs(way.lagged)]. Lags share the moments of their target.
void measure(const InputPlan& plan, const Member& member, std::span<const float> window,
             Moments& moments);

/// What goes straight to the head, after the lags: [steps − 1 × targets] with `linear`.
[[nodiscard]] inline std::size_t linear_inputs(const InputPlan& plan, const Way& way) {
  return way.linear ? (plan.steps - 1) * plan.targets.size() : 0;
}

/// known [lags × steps ahead × targets] in the same measure; with `linear` as distances from the
/// last row, and behind it what linear_inputs() counts.
void normalise_known(const InputPlan& plan, const Way& way, const Moments& moments,
                     std::span<const float> window, std::span<float> known);

/// What a member's outputs are added to, for output `j` of [steps ahead × targets]: `window` ends
/// with the last row, `known` begins with the season.
[[nodiscard]] inline float base_of(const InputPlan& plan, const Way& way, const float* last_row,
                                   const float* known, std::size_t j) {
  switch (way.residual) {
    case Residual::last:
      return last_row[plan.targets[j % plan.targets.size()]];
    case Residual::seasonal:
      return known[j];
    case Residual::none:
      break;
  }
  return 0;
}

/// Forecasts with one member.
class MemberPredictor {
 public:
  MemberPredictor(const InputPlan& plan, const Member& member);

  /// forecast [horizon × targets].
  void predict(const WindowInputs& inputs, std::span<double> forecast);

 private:
  void run(std::span<const float> known, std::span<double> forecast);
  void append_row(const WindowInputs& inputs, std::size_t step, std::span<const double> forecast);

  InputPlan plan_;
  Member member_;  // without its weights
  Predictor predictor_;
  std::vector<float> window_, seen_, known_, step_known_;
  Moments moments_;
};

}  // namespace weir::lstm_model
