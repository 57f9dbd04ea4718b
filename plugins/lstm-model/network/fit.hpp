// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "network/trainer.hpp"

namespace weir::lstm_model {

struct FitOptions {
  std::size_t epochs = 200;
  std::size_t patience = 20;  // epochs without a better validation loss; 0: never stop early
  bool shuffle = true;
  std::uint64_t seed = 1;
};

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
