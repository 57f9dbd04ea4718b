// SPDX-License-Identifier: Apache-2.0
#include "network/trainer.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace weir::lstm_model {
namespace {

constexpr double beta1 = 0.9;
constexpr double beta2 = 0.999;
constexpr double epsilon = 1e-7;

}  // namespace

template <typename T>
Trainer<T>::Trainer(const Shape& shape, AlignedVector<T> weights, const TrainerOptions& options)
    : shape_(shape),
      options_(options),
      weights_(std::move(weights)),
      first_moment_(weights_.size()),
      second_moment_(weights_.size()),
      packed_(shape),
      losses_(slices),
      pool_(std::clamp<std::size_t>(options.threads, 1, slices)) {
  const std::size_t per_slice = (options.batch_size + slices - 1) / slices;
  const std::size_t capacity = std::max(per_slice, kernels::column_block<T>);
  for (std::size_t j = 0; j < slices; ++j) {
    gradients_.emplace_back(weights_.size());
    slices_.emplace_back(shape, capacity, options.dropout > 0);
  }
  packed_.pack(weights_);
  if (options.averaging > 0) average_ = weights_;
}

template <typename T>
template <typename Use>
std::size_t Trainer<T>::for_slices(std::span<const Sample<T>> samples, bool training,
                                   const Use& use) {
  // Fewer samples than a block of columns are not worth cutting: the rest would be padding.
  const std::size_t blocks = kernels::padded_columns<T>(samples.size()) / kernels::column_block<T>;
  const std::size_t count = std::min(slices, blocks);
  const std::size_t size = (samples.size() + count - 1) / count;
  // Random spreads neighbouring seeds; the odd factor keeps the seeds of different runs apart.
  const std::uint64_t first_seed = options_.seed * 0xD1342543DE82EF95 + minibatches_ * slices;
  pool_.run(count, [&](std::size_t j) {
    const std::size_t first = j * size;
    slices_[j].load(samples.subspan(first, std::min(size, samples.size() - first)));
    slices_[j].forward(packed_, {training ? options_.dropout : 0, first_seed + j});
    use(j, first);
  });
  return count;
}

template <typename T>
double Trainer<T>::minibatch(std::span<const Sample<T>> samples) {
  const auto count = static_cast<double>(samples.size() * shape_.outputs);
  const std::size_t used = for_slices(samples, true, [&](std::size_t j, std::size_t) {
    losses_[j] = slices_[j].loss(criterion());
    slices_[j].backward(packed_, criterion(), static_cast<T>(1 / count), gradients_[j]);
  });
  double loss = losses_[0];
  for (std::size_t j = 1; j < used; ++j) loss += losses_[j];
  AlignedVector<T>& sum = gradients_[0];
  squared_norm_ = kernels::add<T>(sum.size(), sum.data(), used > 1 ? gradients_[1].data() : nullptr,
                                  sum.data());
  static_assert(slices == 2);
  return loss / count;
}

template <typename T>
bool Trainer<T>::step() {
  ++minibatches_;
  if (!std::isfinite(squared_norm_)) return false;
  const double norm = std::sqrt(squared_norm_);
  const bool clipped = options_.clip_norm > 0 && norm > options_.clip_norm;
  beta1_power_ *= beta1;
  beta2_power_ *= beta2;
  const double rate = options_.learning_rate * rate_factor_;
  const double corrected = rate * std::sqrt(1 - beta2_power_) / (1 - beta1_power_);
  const kernels::AdamStep<T> adam{static_cast<T>(clipped ? options_.clip_norm / norm : 1),
                                  static_cast<T>(beta1),
                                  static_cast<T>(beta2),
                                  static_cast<T>(epsilon),
                                  static_cast<T>(corrected),
                                  static_cast<T>(rate * options_.weight_decay)};
  const std::size_t half = (weights_.size() / 2 + 15) / 16 * 16;
  pool_.run(2, [&](std::size_t j) {
    const std::size_t first = j == 0 ? 0 : std::min(half, weights_.size());
    const std::size_t count = j == 0 ? std::min(half, weights_.size()) : weights_.size() - first;
    kernels::adam<T>(adam, count, gradients_[0].data() + first, first_moment_.data() + first,
                     second_moment_.data() + first, weights_.data() + first);
  });
  pool_.run(2, [&](std::size_t j) {
    using Direction = typename PackedWeights<T>::Direction;
    packed_.pack(j == 0 ? Direction::forward : Direction::backward, weights_);
  });
  average();
  return true;
}

// Early on the mean forgets faster, or it would hold on to the first, random weights.
template <typename T>
void Trainer<T>::average() {
  if (average_.empty()) return;
  const auto steps = static_cast<double>(++averaged_steps_);
  const auto kept = static_cast<T>(std::min(options_.averaging, steps / (10 + steps)));
  for (std::size_t j = 0; j < average_.size(); ++j)
    average_[j] = kept * average_[j] + (1 - kept) * weights_[j];
}

template <typename T>
typename Trainer<T>::EpochResult Trainer<T>::epoch(std::span<const Sample<T>> samples) {
  EpochResult result{0, 0, 0};
  for (std::size_t first = 0; first < samples.size(); first += options_.batch_size) {
    const std::size_t count = std::min(options_.batch_size, samples.size() - first);
    result.loss += minibatch(samples.subspan(first, count)) * static_cast<double>(count);
    ++(step() ? result.steps : result.skipped);
  }
  result.loss /= static_cast<double>(samples.size());
  return result;
}

template <typename T>
double Trainer<T>::evaluate(std::span<const Sample<T>> samples) {
  double sum = 0;
  for (std::size_t first = 0; first < samples.size(); first += options_.batch_size) {
    const std::size_t count = std::min(options_.batch_size, samples.size() - first);
    const std::size_t used =
        for_slices(samples.subspan(first, count), false,
                   [&](std::size_t j, std::size_t) { losses_[j] = slices_[j].loss(criterion()); });
    for (std::size_t j = 0; j < used; ++j) sum += losses_[j];
  }
  return sum / static_cast<double>(samples.size() * shape_.outputs);
}

template <typename T>
double Trainer<T>::evaluate_averaged(std::span<const Sample<T>> samples) {
  if (average_.empty()) return evaluate(samples);
  packed_.pack(average_);
  const double loss = evaluate(samples);
  packed_.pack(weights_);
  return loss;
}

template <typename T>
void Trainer<T>::predict(std::span<const Sample<T>> samples, std::span<T> outputs) {
  for (std::size_t begin = 0; begin < samples.size(); begin += options_.batch_size) {
    const std::size_t count = std::min(options_.batch_size, samples.size() - begin);
    T* const rows = outputs.data() + begin * shape_.outputs;
    for_slices(samples.subspan(begin, count), false, [&](std::size_t j, std::size_t first) {
      for (std::size_t s = 0; s < slices_[j].size(); ++s) {
        for (std::size_t o = 0; o < shape_.outputs; ++o) {
          rows[(first + s) * shape_.outputs + o] = slices_[j].output(s, o);
        }
      }
    });
  }
}

template <typename T>
double Trainer<T>::gradient(std::span<const Sample<T>> samples, std::span<T> gradient) {
  const double loss = minibatch(samples);
  std::copy(gradients_[0].begin(), gradients_[0].end(), gradient.begin());
  return loss;
}

template <typename T>
double Trainer<T>::training_loss(std::span<const Sample<T>> samples) {
  const std::size_t used = for_slices(samples, true, [&](std::size_t j, std::size_t) {
    losses_[j] = slices_[j].loss(criterion());
  });
  double loss = 0;
  for (std::size_t j = 0; j < used; ++j) loss += losses_[j];
  return loss / static_cast<double>(samples.size() * shape_.outputs);
}

template <typename T>
void Trainer<T>::set_weights(std::span<const T> weights) {
  weights_.assign(weights.begin(), weights.end());
  packed_.pack(weights_);
  if (!average_.empty()) average_ = weights_;
  averaged_steps_ = 0;
}

template class Trainer<float>;
template class Trainer<double>;

}  // namespace weir::lstm_model
