// SPDX-License-Identifier: Apache-2.0
//
// The network: stacked LSTM layers over a window, and one linear head on the last hidden state.
//
//   x_t [features], t = 0 … steps − 1
//   layer l, units H, input u_t (x_t, or h_t of the layer below):
//     i = σ(b_i + W_i u_t + R_i h_{t−1})      f, o alike
//     g = act(b_g + W_g u_t + R_g h_{t−1})
//     c_t = f ∘ c_{t−1} + i ∘ g,   h_t = o ∘ act(c_t),   h_{−1} = c_{−1} = 0
//   y = b_y + W_y h_{steps−1} of the last layer + V_y k       [outputs]
//
// k [known] goes straight to the head, so that the layers need not carry it: what is known of the
// time ahead (values one season before it), and the window's distances from its last value.
//
// (Hochreiter and Schmidhuber 1997 with the forget gate of Gers et al. 2000; the activation in the
// places where Keras has it.) All parameters stand in one flat array: a matrix per layer, then the
// head's, each row-major and transposed: a row per input, a column per output.
//   layer: [1 + inputs + units × 4 units], rows: bias, inputs, recurrent; columns: i, f, g, o
//   head:  [1 + units + known × outputs], rows: bias, units, known
#pragma once

#include <cstddef>
#include <vector>

#include "kernels/kernels.hpp"

namespace weir::lstm_model {

struct Shape {
  std::size_t steps = 0;
  std::size_t features = 0;
  std::vector<std::size_t> units;
  std::size_t outputs = 0;
  Activation activation = Activation::tanh;
  std::size_t known = 0;

  bool operator==(const Shape&) const = default;
};

/// The matrix of one layer or of the head within the flat array.
struct Block {
  std::size_t offset;
  std::size_t inputs;
  std::size_t recurrent;  // 0 for the head
  std::size_t columns;

  [[nodiscard]] std::size_t rows() const { return 1 + inputs + recurrent; }
  [[nodiscard]] std::size_t size() const { return rows() * columns; }
};

/// More parameters, or values of a window, than this are refused (256 MiB of float).
inline constexpr std::size_t max_parameters = std::size_t{1} << 26;

/// Throws std::invalid_argument with a sentence if a dimension is 0 or the network is too large.
/// Everything below may rely on it.
void check(const Shape& shape);

/// One block per layer, then the head's.
[[nodiscard]] std::vector<Block> blocks(const Shape& shape);
[[nodiscard]] std::size_t parameter_count(const Shape& shape);

/// Multiplications and additions of one training pass over one window, forward and backward; the
/// products with the zero state before the first step are not counted, element by element work
/// neither.
[[nodiscard]] double training_operations(const Shape& shape);

/// About the memory that a Trainer<T> takes.
template <typename T>
[[nodiscard]] double training_bytes(const Shape& shape, std::size_t batch_size) {
  // Weights, both moments, running mean, packed weights, two slices' gradients, the best so far.
  double values = 9.0 * static_cast<double>(parameter_count(shape));
  for (const Block& block : blocks(shape)) {
    // Per step and sample: inputs, gates, cell, act(cell), gradient of the inputs.
    const std::size_t rows = 2 * block.rows() + block.columns + 2 * block.recurrent;
    const std::size_t steps = block.recurrent == 0 ? 1 : shape.steps;
    values += static_cast<double>(rows) * static_cast<double>(steps) *
              static_cast<double>(batch_size + 2 * kernels::column_block<T>);
  }
  return values * sizeof(T);
}

}  // namespace weir::lstm_model
