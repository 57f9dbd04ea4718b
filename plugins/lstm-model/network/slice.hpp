// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "network/aligned_vector.hpp"
#include "network/loss.hpp"
#include "network/packed_weights.hpp"
#include "network/shape.hpp"

namespace weir::lstm_model {

/// One example; the arrays belong to the caller. Windows may overlap in one series.
template <typename T>
struct Sample {
  const T* window;           // steps × features
  const T* target;           // outputs; may be null where only outputs are asked for
  const T* known = nullptr;  // shape.known
  // Per feature: the network sees (window − centre) · gain. Null: it sees the window.
  const T* centre = nullptr;
  const T* gain = nullptr;
  // Per output: the loss is that of scale · (output − target). Null: of output − target.
  const T* scale = nullptr;
};

/// What is left out in training: of what a layer gives to the one above and of what the last one
/// gives to the head, each value with probability `rate`; the others grow by 1 / (1 − rate)
/// (Srivastava et al. 2014). A layer's own state from step to step is never touched (Zaremba et al.
/// 2014). The same seed leaves out the same.
struct Dropout {
  double rate = 0;
  std::uint64_t seed = 0;
};

/// What is made small, see loss.hpp.
struct Criterion {
  Loss loss = Loss::mse;
  double quantile = 0.5;  // of pinball
};

/// The part of a minibatch that runs through the network together. All memory is taken at the
/// start; nothing after that allocates or throws.
template <typename T>
class Slice {
 public:
  /// `droppable`: forward() will be asked for dropout, which needs memory of its own.
  Slice(const Shape& shape, std::size_t max_samples, bool droppable = false);

  /// Takes at most `max_samples` samples, at least one.
  void load(std::span<const Sample<T>> samples);
  void forward(const PackedWeights<T>& weights, const Dropout& dropout = {});
  [[nodiscard]] std::size_t size() const { return samples_.size(); }

  /// After forward(): outputs of sample `index`, output `output`.
  [[nodiscard]] T output(std::size_t index, std::size_t output) const {
    return outputs_[output * columns_ + index];
  }
  /// After forward(): the sum of the loss over all samples and outputs, in a fixed order.
  [[nodiscard]] double loss(const Criterion& criterion) const;

  /// After forward(), once: d(factor · sum of the loss)/d(weights), all of it overwritten.
  void backward(const PackedWeights<T>& weights, const Criterion& criterion, T factor,
                std::span<T> gradient);

 private:
  // Arrays of one layer, each a block per step: [steps][rows][columns].
  struct Layer {
    Block block;
    AlignedVector<T> input;     // rows: 1 (ones), inputs, units (the state of the step before)
    AlignedVector<T> gates;     // 4 units
    AlignedVector<T> cell;      // units; steps + 1 blocks, the first is zero
    AlignedVector<T> bounded;   // units: act(cell)
    AlignedVector<T> gradient;  // inputs (not in the first layer), units
    AlignedVector<T> cell_gradient;
    AlignedVector<T> mask;  // units: 0 or 1 / (1 − rate); of the last layer the last step alone
  };

  void normalise(std::size_t sample);
  void draw_masks(const Dropout& dropout);
  [[nodiscard]] const T* mask(std::size_t index, std::size_t step) const;
  [[nodiscard]] LossValue<T> error_at(std::size_t sample, std::size_t output,
                                      const Criterion& criterion) const;
  void forward_layer(std::size_t index, const T* packed);
  void backward_layer(std::size_t index, const T* packed, T* last_state_gradient, T* gradient);
  [[nodiscard]] std::size_t gradient_rows(std::size_t index) const;

  Shape shape_;
  std::vector<Layer> layers_;
  Block head_;
  AlignedVector<T> head_input_;           // rows: 1 (ones), units, known
  AlignedVector<T> outputs_;              // outputs
  AlignedVector<T> output_gradient_;      // outputs
  AlignedVector<T> head_input_gradient_;  // units
  std::vector<Sample<T>> samples_;
  std::size_t columns_ = 0;
  bool dropped_ = false;  // whether forward() left anything out
};

}  // namespace weir::lstm_model
