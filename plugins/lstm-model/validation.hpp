// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "network/loss.hpp"
#include "network/slice.hpp"
#include "network/trainer.hpp"

namespace weir::lstm_model {

/// The part of a network's outputs, of 0, 0.05 … 1, that makes `loss_of_part` least; of equals the
/// largest.
template <class LossOfPart>
[[nodiscard]] double best_part(const LossOfPart& loss_of_part) {
  constexpr int parts = 20;
  double best = 1;
  double least = loss_of_part(best);
  for (int part = parts - 1; part >= 0; --part) {
    const double now = static_cast<double>(part) / parts;
    const double loss = loss_of_part(now);
    if (loss >= least) continue;
    least = loss;
    best = now;
  }
  return best;
}

/// What a network makes of the validation windows, before and after its trust.
class Validation {
 public:
  Validation(Trainer<float>& trainer, std::span<const Sample<float>> samples, std::size_t outputs,
             Loss loss, double quantile);

  /// Per output of the network.
  [[nodiscard]] std::vector<double> best_trust() const;

  /// Mean over windows and outputs, of errors in loss units.
  [[nodiscard]] double loss(std::span<const double> trust) const;

 private:
  [[nodiscard]] double error(std::size_t window, std::size_t output, double trust) const;
  [[nodiscard]] double output_loss(std::size_t output, double trust) const;

  std::span<const Sample<float>> samples_;
  std::size_t outputs_;
  Loss loss_;
  double quantile_;
  std::vector<float> forecasts_;
};

}  // namespace weir::lstm_model
