// SPDX-License-Identifier: Apache-2.0
#include "network/fit.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include "network/random.hpp"

namespace weir::lstm_model {

template <typename T>
FitResult fit(Trainer<T>& trainer, std::span<const Sample<T>> training,
              std::span<const Sample<T>> validation, const FitOptions& options,
              const std::function<bool(const EpochReport&)>& report) {
  Random random(options.seed);
  std::vector<Sample<T>> order(training.begin(), training.end());
  AlignedVector<T> best(trainer.weights().begin(), trainer.weights().end());
  FitResult result{FitEnd::epochs, {0, 0, 0, std::numeric_limits<double>::infinity(), 0}};
  EpochReport& now = result.last;
  for (std::size_t epoch = 1; epoch <= options.epochs; ++epoch) {
    if (options.shuffle) random.shuffle(order);
    const auto pass = trainer.epoch(order);
    now.epoch = epoch;
    now.loss = pass.loss;
    now.validation_loss = validation.empty() ? pass.loss : trainer.evaluate(validation);
    if (now.validation_loss < now.best_loss) {
      now.best_loss = now.validation_loss;
      now.best_epoch = epoch;
      best.assign(trainer.weights().begin(), trainer.weights().end());
    }
    const bool go_on = report(now);
    if (pass.steps == 0) {
      result.end = FitEnd::diverged;
      break;
    }
    if (!go_on) {
      result.end = FitEnd::stopped;
      break;
    }
    if (options.patience > 0 && epoch - now.best_epoch >= options.patience) {
      result.end = FitEnd::patience;
      break;
    }
  }
  trainer.set_weights(best);
  return result;
}

template FitResult fit(Trainer<float>&, std::span<const Sample<float>>,
                       std::span<const Sample<float>>, const FitOptions&,
                       const std::function<bool(const EpochReport&)>&);
template FitResult fit(Trainer<double>&, std::span<const Sample<double>>,
                       std::span<const Sample<double>>, const FitOptions&,
                       const std::function<bool(const EpochReport&)>&);

}  // namespace weir::lstm_model
