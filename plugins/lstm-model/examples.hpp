// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "member.hpp"
#include "network/slice.hpp"

namespace weir::lstm_model {

/// Per target the mean distance from the last value, over the training windows: the unit in which
/// the losses of all members are comparable. 1 where a target never changes.
[[nodiscard]] std::vector<double> naive_units(const InputPlan& plan, const TrainingSet& set);

/// Per target the least and the greatest value that the training windows look back over.
[[nodiscard]] std::vector<InputPlan::Range> learned_ranges(const InputPlan& plan,
                                                           const TrainingSet& set);

/// The units and floors of a member, learned from the training windows of `set`.
void learn_units(const InputPlan& plan, const TrainingSet& set, Member& member);

/// The examples of a training set as a member sees them; owns what they point to. Their loss is in
/// `loss_units`, per target.
class Examples {
 public:
  Examples(const InputPlan& plan, const TrainingSet& set, const Member& member,
           std::span<const double> loss_units);
  Examples(const Examples&) = delete;
  Examples& operator=(const Examples&) = delete;

  /// With lags: the windows that know them, if that is half of them or more, else all.
  [[nodiscard]] std::span<const Sample<float>> train() const { return train_.samples; }
  [[nodiscard]] std::span<const Sample<float>> validation() const { return validation_.samples; }

 private:
  struct Part {
    std::vector<float> targets, known, scales, centres, gains;
    std::vector<Sample<float>> samples;
  };
  void cut(const TrainingSet& set, std::span<const std::uint64_t> windows, Part& part);

  const InputPlan& plan_;
  const Member& member_;
  std::span<const double> loss_units_;
  std::vector<float> inputs_;  // all rows; windows overlap in it
  Part train_, validation_;
};

}  // namespace weir::lstm_model
