// SPDX-License-Identifier: Apache-2.0
#include "network/fit.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

#include "network/random.hpp"

namespace weir::lstm_model {

double rate_factor(const FitOptions& options, std::size_t epoch) {
  constexpr double least = 0.01;
  if (epoch <= options.warm_up) {
    return static_cast<double>(epoch) / static_cast<double>(options.warm_up + 1);
  }
  if (options.schedule == Schedule::constant) return 1;
  const auto past = static_cast<double>(epoch - options.warm_up - 1);
  const auto all = static_cast<double>(options.epochs - options.warm_up);
  return least + (1 - least) * (1 + std::cos(std::numbers::pi * past / all)) / 2;
}

namespace {

// The samples of one epoch after the other.
template <typename T>
class Order {
 public:
  Order(std::span<const Sample<T>> samples, const FitOptions& options)
      : samples_(samples.begin(), samples.end()),
        random_(options.seed),
        shuffle_(options.shuffle),
        share_(options.epoch_samples == 0 ? samples.size()
                                          : std::min(options.epoch_samples, samples.size())),
        next_(samples.size()) {}

  std::span<const Sample<T>> next() {
    // What is left of a pass and is no whole epoch is not taken; the shuffle mixes it in again.
    if (samples_.size() - next_ < share_) {
      if (shuffle_) random_.shuffle(samples_);
      next_ = 0;
    }
    const std::span<const Sample<T>> epoch = std::span(samples_).subspan(next_, share_);
    next_ += share_;
    return epoch;
  }

 private:
  std::vector<Sample<T>> samples_;
  Random random_;
  bool shuffle_;
  std::size_t share_;
  std::size_t next_;
};

}  // namespace

template <typename T>
FitResult fit(Trainer<T>& trainer, std::span<const Sample<T>> training,
              std::span<const Sample<T>> validation, const FitOptions& options,
              const std::function<bool(const EpochReport&)>& report) {
  Order<T> order(training, options);
  AlignedVector<T> best(trainer.weights().begin(), trainer.weights().end());
  FitResult result{FitEnd::epochs, {0, 0, 0, std::numeric_limits<double>::infinity(), 0}};
  EpochReport& now = result.last;
  const auto validated = [&] {
    return options.validate ? options.validate() : trainer.evaluate_averaged(validation);
  };
  if (options.start_counts && !validation.empty()) now.best_loss = validated();
  for (std::size_t epoch = 1; epoch <= options.epochs; ++epoch) {
    trainer.set_rate_factor(rate_factor(options, epoch));
    const auto pass = trainer.epoch(order.next());
    now.epoch = epoch;
    now.loss = pass.loss;
    now.validation_loss = validation.empty() ? pass.loss : validated();
    const bool better = options.keep_last ? std::isfinite(now.validation_loss)
                                          : now.validation_loss < now.best_loss;
    if (better) {
      now.best_loss = now.validation_loss;
      now.best_epoch = epoch;
      best.assign(trainer.averaged().begin(), trainer.averaged().end());
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
