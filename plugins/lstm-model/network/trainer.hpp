// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "network/aligned_vector.hpp"
#include "network/loss.hpp"
#include "network/packed_weights.hpp"
#include "network/random.hpp"
#include "network/shape.hpp"
#include "network/slice.hpp"
#include "network/worker_pool.hpp"

namespace weir::lstm_model {

struct TrainerOptions {
  Loss loss = Loss::mse;
  double quantile = 0.5;  // of Loss::pinball
  std::size_t batch_size = 32;
  double learning_rate = 1e-3;
  double weight_decay = 0;  // decoupled (AdamW)
  double clip_norm = 1;     // largest Euclidean norm of a gradient; 0: no limit
  double dropout = 0;       // see Dropout; in training alone
  // Of a running mean of the weights over the steps, which is what is judged and kept: the weight
  // of what was there before, in the long run. 0: the weights themselves.
  double averaging = 0;
  std::uint64_t seed = 1;  // of the dropout
  std::size_t threads = 1;
};

/// Minibatches, gradients, Adam.
///
/// A minibatch is cut into at most `slices` parts, by its size alone, and their gradients are
/// summed in the order of the parts: the threads only decide who computes what, so the weights are
/// the same, byte for byte, for any number of threads (not for another copy of the kernels).
template <typename T>
class Trainer {
 public:
  static constexpr std::size_t slices = 2;

  Trainer(const Shape& shape, AlignedVector<T> weights, const TrainerOptions& options);

  struct EpochResult {
    double loss;          // mean over the samples, each before its minibatch's step
    std::size_t skipped;  // steps not taken because their gradient was not finite
    std::size_t steps;    // steps taken
  };
  /// One pass over all samples, in the given order. None of the calls below may overlap.
  EpochResult epoch(std::span<const Sample<T>> samples);

  /// Mean loss over the samples; at least one.
  [[nodiscard]] double evaluate(std::span<const Sample<T>> samples);

  /// outputs [samples × outputs].
  void predict(std::span<const Sample<T>> samples, std::span<T> outputs);

  /// Mean loss of one minibatch and its gradient (before clipping), for checks.
  double gradient(std::span<const Sample<T>> samples, std::span<T> gradient);

  [[nodiscard]] std::span<const T> weights() const { return weights_; }
  /// As gradient(), the loss alone, with the same values dropped as there.
  double training_loss(std::span<const Sample<T>> samples);

  void set_weights(std::span<const T> weights);

  /// The running mean of the weights; the weights themselves without `averaging`.
  [[nodiscard]] std::span<const T> averaged() const {
    return average_.empty() ? std::span<const T>(weights_) : std::span<const T>(average_);
  }
  /// Mean loss of the running mean over the samples; at least one.
  [[nodiscard]] double evaluate_averaged(std::span<const Sample<T>> samples);

  /// Of the learning rate in the options, for the steps to come.
  void set_rate_factor(double factor) { rate_factor_ = factor; }

 private:
  // Runs `use` on each slice of `samples` after forward(); returns the number of slices.
  template <typename Use>
  std::size_t for_slices(std::span<const Sample<T>> samples, bool training, const Use& use);
  [[nodiscard]] Criterion criterion() const { return {options_.loss, options_.quantile}; }
  double minibatch(std::span<const Sample<T>> samples);  // leaves its gradient in gradients_[0]
  bool step();
  void average();

  Shape shape_;
  TrainerOptions options_;
  AlignedVector<T> weights_, first_moment_, second_moment_, average_;
  std::vector<AlignedVector<T>> gradients_;  // per slice
  PackedWeights<T> packed_;
  std::vector<Slice<T>> slices_;
  std::vector<double> losses_;  // per slice, sums
  double squared_norm_ = 0;
  double beta1_power_ = 1, beta2_power_ = 1;
  double rate_factor_ = 1;
  std::uint64_t averaged_steps_ = 0;
  std::uint64_t minibatches_ = 0;  // stepped or skipped so far: every one drops other values
  WorkerPool pool_;
};

}  // namespace weir::lstm_model
