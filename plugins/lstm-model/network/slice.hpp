// SPDX-License-Identifier: Apache-2.0
#pragma once

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
  const T* window;  // steps × features
  const T* target;  // outputs; may be null where only outputs are asked for
};

/// The part of a minibatch that runs through the network together. All memory is taken at the
/// start; nothing after that allocates or throws.
template <typename T>
class Slice {
 public:
  Slice(const Shape& shape, std::size_t max_samples);

  /// Takes at most `max_samples` samples, at least one.
  void load(std::span<const Sample<T>> samples);
  void forward(const PackedWeights<T>& weights);
  [[nodiscard]] std::size_t size() const { return samples_.size(); }

  /// After forward(): outputs of sample `index`, output `output`.
  [[nodiscard]] T output(std::size_t index, std::size_t output) const {
    return outputs_[output * columns_ + index];
  }
  /// After forward(): the sum of the loss over all samples and outputs, in a fixed order.
  [[nodiscard]] double loss(Loss loss) const;

  /// After forward(), once: d(scale · sum of the loss)/d(weights), all of it overwritten.
  void backward(const PackedWeights<T>& weights, Loss loss, T scale, std::span<T> gradient);

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
  };

  void forward_layer(std::size_t index, const T* packed);
  void backward_layer(std::size_t index, const T* packed, const T* last_state_gradient,
                      T* gradient);
  [[nodiscard]] std::size_t gradient_rows(std::size_t index) const;

  Shape shape_;
  std::vector<Layer> layers_;
  Block head_;
  AlignedVector<T> head_input_;           // rows: 1 (ones), units
  AlignedVector<T> outputs_;              // outputs
  AlignedVector<T> output_gradient_;      // outputs
  AlignedVector<T> head_input_gradient_;  // units
  std::vector<Sample<T>> samples_;
  std::size_t columns_ = 0;
};

}  // namespace weir::lstm_model
