// SPDX-License-Identifier: Apache-2.0
#include "network/predictor.hpp"

#include <algorithm>
#include <utility>

namespace weir::lstm_model {

Predictor::Predictor(const Shape& shape, AlignedVector<float> weights)
    : shape_(shape), weights_(std::move(weights)), head_(blocks(shape).back()) {
  const std::vector<Block> all = blocks(shape);
  std::size_t widest = 0;
  for (std::size_t j = 0; j < shape.units.size(); ++j) {
    layers_.push_back(
        {all[j], AlignedVector<float>(all[j].rows()), AlignedVector<float>(all[j].recurrent)});
    widest = std::max(widest, all[j].recurrent);
  }
  gates_.resize(4 * widest);
  bounded_.resize(widest);
  head_input_.resize(head_.rows());
  outputs_.resize(head_.columns);
}

std::span<const float> Predictor::predict(std::span<const float> window,
                                          std::span<const float> known) {
  for (Layer& layer : layers_) {
    std::fill(layer.input.begin(), layer.input.end(), 0.0F);
    std::fill(layer.cell.begin(), layer.cell.end(), 0.0F);
    layer.input[0] = 1;
  }
  const float* h = nullptr;
  for (std::size_t t = 0; t < shape_.steps; ++t) {
    h = window.data() + t * shape_.features;
    for (Layer& layer : layers_) {
      const Block& block = layer.block;
      std::copy_n(h, block.inputs, layer.input.begin() + 1);
      const std::size_t depth = t == 0 ? 1 + block.inputs : block.rows();
      kernels::multiply_vector(block.columns, depth, weights_.data() + block.offset,
                               layer.input.data(), gates_.data());
      float* const state = layer.input.data() + 1 + block.inputs;
      kernels::cell_forward<float>(
          shape_.activation, {block.recurrent, gates_.data(), layer.cell.data(), layer.cell.data(),
                              bounded_.data(), state});
      h = state;
    }
  }
  head_input_[0] = 1;
  const std::size_t units = shape_.units.back();
  std::copy_n(h, units, head_input_.begin() + 1);
  std::copy_n(known.begin(), shape_.known, head_input_.begin() + 1 + units);
  kernels::multiply_vector(head_.columns, head_.rows(), weights_.data() + head_.offset,
                           head_input_.data(), outputs_.data());
  return outputs_;
}

}  // namespace weir::lstm_model
