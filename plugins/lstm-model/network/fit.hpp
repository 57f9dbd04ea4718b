// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "network/trainer.hpp"

namespace weir::lstm_model {

/// How the learning rate goes on: constant, or down along half a cosine to a hundredth at the last
/// of `epochs` (Loshchilov and Hutter 2017).
enum class Schedule : unsigned char { constant = 0, cosine = 1 };

struct FitOptions {
  std::size_t epochs = 200;
  std::size_t patience = 20;  // epochs without a better validation loss; 0: never stop early
  bool shuffle = true;
  std::uint64_t seed = 1;
  Schedule schedule = Schedule::constant;
  std::size_t warm_up = 0;  // epochs in which the rate rises to its full size
  // Samples that an epoch takes at most, the next ones of a pass in random order; 0: all. With many
  // samples this looks at the validation loss, and stops, more often than once a pass.
  std::size_t epoch_samples = 0;
  bool keep_last = false;     // the weights of the last epoch, not of the best
  bool start_counts = false;  // keep the weights at the start if none validates better
  // The validation loss of the trainer's averaged weights, where it is not that of its outputs.
  std::function<double()> validate = {};
};

/// Of the learning rate in epoch 1 … epochs.
[[nodiscard]] double rate_factor(const FitOptions& options, std::size_t epoch);

struct EpochReport {
  std::size_t epoch;  // from 1
  double loss;
  double validation_loss;  // of the training part where there is no validation part
  double best_loss;        // smallest validation loss so far
  std::size_t best_epoch;  // 0: none was finite yet
};

enum class FitEnd { epochs, patience, stopped, diverged };

struct FitResult {
  FitEnd end;
  EpochReport last;
};

/// Trains until the epochs or the patience are used up, `report` answers false, or no step of an
/// epoch has a finite gradient. The trainer is left with the weights of the best epoch.
template <typename T>
FitResult fit(Trainer<T>& trainer, std::span<const Sample<T>> training,
              std::span<const Sample<T>> validation, const FitOptions& options,
              const std::function<bool(const EpochReport&)>& report);

}  // namespace weir::lstm_model
