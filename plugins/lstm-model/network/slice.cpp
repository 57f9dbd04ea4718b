// SPDX-License-Identifier: Apache-2.0
#include "network/slice.hpp"

#include <algorithm>

#include "network/random.hpp"

namespace weir::lstm_model {
namespace {

template <typename T>
void multiply_by(const T* mask, std::size_t count, T* values) {
  for (std::size_t j = 0; j < count; ++j) values[j] *= mask[j];
}

}  // namespace

template <typename T>
std::size_t Slice<T>::gradient_rows(std::size_t index) const {
  const Block& block = layers_[index].block;
  return (index == 0 ? 0 : block.inputs) + block.recurrent;
}

template <typename T>
Slice<T>::Slice(const Shape& shape, std::size_t max_samples, bool droppable)
    : shape_(shape), head_(blocks(shape).back()) {
  const std::size_t columns = kernels::padded_columns<T>(max_samples);
  const std::vector<Block> all = blocks(shape);
  layers_.resize(shape.units.size());
  for (std::size_t j = 0; j < layers_.size(); ++j) {
    Layer& layer = layers_[j];
    layer.block = all[j];
    const std::size_t units = layer.block.recurrent * columns;
    layer.input.resize(shape.steps * layer.block.rows() * columns);
    layer.gates.resize(shape.steps * 4 * units);
    layer.cell.resize((shape.steps + 1) * units);
    layer.bounded.resize(shape.steps * units);
    // The first layer passes nothing down: its steps can share one block.
    layer.gradient.resize((j == 0 ? 1 : shape.steps) * gradient_rows(j) * columns);
    layer.cell_gradient.resize(units);
    if (droppable) layer.mask.resize((j + 1 == layers_.size() ? 1 : shape.steps) * units);
  }
  head_input_.resize(head_.rows() * columns);
  outputs_.resize(head_.columns * columns);
  output_gradient_.resize(outputs_.size());
  head_input_gradient_.resize(shape.units.back() * columns);
  samples_.reserve(max_samples);
}

template <typename T>
void Slice<T>::load(std::span<const Sample<T>> samples) {
  samples_.assign(samples.begin(), samples.end());
  columns_ = kernels::padded_columns<T>(samples.size());
  for (Layer& layer : layers_) {
    const std::size_t step_size = layer.block.rows() * columns_;
    for (std::size_t t = 0; t < shape_.steps; ++t) {
      std::fill_n(layer.input.data() + t * step_size, columns_, T{1});
    }
    // The state before the first step. Later states are written by forward().
    std::fill_n(layer.input.data() + (1 + layer.block.inputs) * columns_,
                layer.block.recurrent * columns_, T{0});
    std::fill_n(layer.cell.data(), layer.block.recurrent * columns_, T{0});
  }
  std::fill_n(head_input_.data(), columns_, T{1});
  T* const known = head_input_.data() + (1 + shape_.units.back()) * columns_;
  for (std::size_t j = 0; j < shape_.known; ++j) {
    T* const row = known + j * columns_;
    for (std::size_t s = 0; s < samples.size(); ++s) row[s] = samples[s].known[j];
    std::fill(row + samples.size(), row + columns_, T{0});
  }

  const std::size_t step_size = layers_[0].block.rows() * columns_;
  for (std::size_t t = 0; t < shape_.steps; ++t) {
    T* const rows = layers_[0].input.data() + t * step_size + columns_;
    for (std::size_t feature = 0; feature < shape_.features; ++feature) {
      T* const row = rows + feature * columns_;
      for (std::size_t s = 0; s < samples.size(); ++s) {
        row[s] = samples[s].window[t * shape_.features + feature];
      }
      std::fill(row + samples.size(), row + columns_, T{0});
    }
  }
  for (std::size_t s = 0; s < samples.size(); ++s) {
    if (samples[s].centre != nullptr) normalise(s);
  }
}

template <typename T>
void Slice<T>::normalise(std::size_t sample) {
  const T* const centre = samples_[sample].centre;
  const T* const gain = samples_[sample].gain;
  const std::size_t step_size = layers_[0].block.rows() * columns_;
  for (std::size_t t = 0; t < shape_.steps; ++t) {
    T* const column = layers_[0].input.data() + t * step_size + columns_ + sample;
    for (std::size_t feature = 0; feature < shape_.features; ++feature) {
      T& value = column[feature * columns_];
      value = (value - centre[feature]) * gain[feature];
    }
  }
}

template <typename T>
void Slice<T>::draw_masks(const Dropout& dropout) {
  Random random(dropout.seed);
  const T kept = static_cast<T>(1 / (1 - dropout.rate));
  for (std::size_t j = 0; j < layers_.size(); ++j) {
    const std::size_t steps = j + 1 == layers_.size() ? 1 : shape_.steps;
    T* const mask = layers_[j].mask.data();
    const std::size_t count = steps * layers_[j].block.recurrent * columns_;
    for (std::size_t k = 0; k < count; ++k) mask[k] = random.uniform() < dropout.rate ? T{0} : kept;
  }
}

// Of what layer `index` gives upwards at a step; null: all of it goes.
template <typename T>
const T* Slice<T>::mask(std::size_t index, std::size_t step) const {
  if (!dropped_) return nullptr;
  const bool last_layer = index + 1 == layers_.size();
  if (last_layer && step + 1 < shape_.steps) return nullptr;
  const Layer& layer = layers_[index];
  return layer.mask.data() + (last_layer ? 0 : step * layer.block.recurrent * columns_);
}

template <typename T>
void Slice<T>::forward_layer(std::size_t index, const T* packed) {
  Layer& layer = layers_[index];
  const Block& block = layer.block;
  const std::size_t state = block.recurrent * columns_;
  const std::size_t step_size = block.rows() * columns_;
  for (std::size_t t = 0; t < shape_.steps; ++t) {
    T* const gates = layer.gates.data() + t * 4 * state;
    const T* const input = layer.input.data() + t * step_size;
    // The state before the first step is zero, and the recurrent rows stand last.
    const std::size_t depth = t == 0 ? 1 + block.inputs : block.rows();
    kernels::multiply(block.columns, columns_, depth, block.rows(), packed, input, gates);

    const bool last_step = t + 1 == shape_.steps;
    T* const next = last_step
                        ? nullptr
                        : layer.input.data() + (t + 1) * step_size + (1 + block.inputs) * columns_;
    T* h = last_step ? head_input_.data() + columns_ : next;
    if (index + 1 < layers_.size()) {
      Layer& above = layers_[index + 1];
      h = above.input.data() + (t * above.block.rows() + 1) * columns_;
    }
    T* const cell = layer.cell.data() + t * state;
    kernels::cell_forward<T>(
        shape_.activation, {state, gates, cell, cell + state, layer.bounded.data() + t * state, h});
    if (h != next && next != nullptr) std::copy_n(h, state, next);
    if (const T* const dropped = mask(index, t)) multiply_by(dropped, state, h);
  }
}

template <typename T>
void Slice<T>::forward(const PackedWeights<T>& weights, const Dropout& dropout) {
  dropped_ = dropout.rate > 0;
  if (dropped_) draw_masks(dropout);
  for (std::size_t j = 0; j < layers_.size(); ++j) forward_layer(j, weights.forward(j));
  kernels::multiply(head_.columns, columns_, head_.rows(), head_.rows(),
                    weights.forward(layers_.size()), head_input_.data(), outputs_.data());
}

template <typename T>
LossValue<T> Slice<T>::error_at(std::size_t sample, std::size_t output,
                                const Criterion& criterion) const {
  const Sample<T>& given = samples_[sample];
  const T error = this->output(sample, output) - given.target[output];
  const T quantile = static_cast<T>(criterion.quantile);
  if (given.scale == nullptr) return loss_of<T>(criterion.loss, error, quantile);
  const T scale = given.scale[output];
  const LossValue<T> scaled = loss_of<T>(criterion.loss, scale * error, quantile);
  return {scaled.value, scale * scaled.slope};
}

template <typename T>
double Slice<T>::loss(const Criterion& criterion) const {
  double sum = 0;
  for (std::size_t s = 0; s < samples_.size(); ++s) {
    for (std::size_t j = 0; j < head_.columns; ++j) {
      sum += static_cast<double>(error_at(s, j, criterion).value);
    }
  }
  return sum;
}

template <typename T>
void Slice<T>::backward_layer(std::size_t index, const T* packed, T* last_state_gradient,
                              T* gradient) {
  Layer& layer = layers_[index];
  const Block& block = layer.block;
  const std::size_t state = block.recurrent * columns_;
  const std::size_t rows = gradient_rows(index);
  const std::size_t passed_down = (rows - block.recurrent) * columns_;
  std::fill_n(layer.cell_gradient.data(), state, T{0});
  const T* h_later = nullptr;
  for (std::size_t t = shape_.steps; t-- > 0;) {
    T* h_above = nullptr;
    if (last_state_gradient != nullptr) {
      h_above = t + 1 == shape_.steps ? last_state_gradient : nullptr;
    } else {
      h_above = layers_[index + 1].gradient.data() + t * gradient_rows(index + 1) * columns_;
    }
    if (const T* const dropped = mask(index, t)) multiply_by(dropped, state, h_above);
    T* const gates = layer.gates.data() + t * 4 * state;
    kernels::cell_backward<T>(shape_.activation, {state, gates, layer.cell.data() + t * state,
                                                  layer.bounded.data() + t * state, h_above,
                                                  h_later, layer.cell_gradient.data()});
    T* const input_gradient = layer.gradient.data() + (index == 0 ? 0 : t * rows * columns_);
    const std::size_t wanted = t == 0 ? rows - block.recurrent : rows;
    kernels::multiply(wanted, columns_, block.columns, block.columns, packed, gates,
                      input_gradient);
    h_later = input_gradient + passed_down;
  }

  const std::size_t first = 1 + block.inputs;
  const std::size_t input_step = block.rows() * columns_;
  kernels::weight_gradient<T>(shape_.steps, block.columns, first, columns_, layer.gates.data(),
                              4 * state, layer.input.data(), input_step, gradient);
  T* const recurrent = gradient + first * block.columns;
  if (shape_.steps > 1) {
    kernels::weight_gradient<T>(
        shape_.steps - 1, block.columns, block.recurrent, columns_, layer.gates.data() + 4 * state,
        4 * state, layer.input.data() + input_step + first * columns_, input_step, recurrent);
  } else {
    std::fill_n(recurrent, block.recurrent * block.columns, T{0});
  }
}

template <typename T>
void Slice<T>::backward(const PackedWeights<T>& weights, const Criterion& criterion, T factor,
                        std::span<T> gradient) {
  std::fill_n(output_gradient_.data(), head_.columns * columns_, T{0});
  for (std::size_t j = 0; j < head_.columns; ++j) {
    for (std::size_t s = 0; s < samples_.size(); ++s) {
      output_gradient_[j * columns_ + s] = factor * error_at(s, j, criterion).slope;
    }
  }
  kernels::weight_gradient<T>(1, head_.columns, head_.rows(), columns_, output_gradient_.data(), 0,
                              head_input_.data(), 0, gradient.data() + head_.offset);
  kernels::multiply(shape_.units.back(), columns_, head_.columns, head_.columns,
                    weights.backward(layers_.size()), output_gradient_.data(),
                    head_input_gradient_.data());
  for (std::size_t j = layers_.size(); j-- > 0;) {
    backward_layer(j, weights.backward(j),
                   j + 1 == layers_.size() ? head_input_gradient_.data() : nullptr,
                   gradient.data() + layers_[j].block.offset);
  }
}

template class Slice<float>;
template class Slice<double>;

}  // namespace weir::lstm_model
