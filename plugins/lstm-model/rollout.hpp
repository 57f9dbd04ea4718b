// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <vector>
#include <weir/model.hpp>

#include "member.hpp"
#include "network/loss.hpp"

namespace weir::lstm_model {

/// What a network of one step makes of the validation windows when it is fed its own forecasts. Its
/// loss at one step says little of that: the smallest errors that repeat themselves grow over the
/// horizon, and two epochs that do equally well at one step may differ there fivefold.
class Rollout {
 public:
  /// Of at most `most` validation windows, evenly spread. Reads `plan` and the rows of `set` as
  /// long as it lives.
  Rollout(const InputPlan& plan, const TrainingSet& set, std::span<const double> loss_units,
          Loss loss, double quantile, std::size_t most);

  /// Mean over windows, steps ahead and targets, of errors in loss units; infinity where it is not
  /// finite.
  [[nodiscard]] double loss(const Member& member) const;

  /// Per target, one after the other.
  [[nodiscard]] std::vector<double> best_trust(Member member) const;

 private:
  const InputPlan& plan_;
  std::span<const double> loss_units_;
  Loss loss_;
  double quantile_;
  std::vector<WindowInputs> inputs_;  // per window
  std::vector<double> truths_;
};

}  // namespace weir::lstm_model
