// SPDX-License-Identifier: Apache-2.0
//
// The network once more, straight from the formulas of network/shape.hpp: one sample, plain loops,
// double, the standard library's functions. Nothing is shared with the code under test but the
// order of the parameters.
#pragma once

#include <cmath>
#include <cstddef>
#include <vector>

#include "network/random.hpp"
#include "network/shape.hpp"
#include "network/slice.hpp"

namespace weir::lstm_model::test {

inline double plain_sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

inline double plain_activation(Activation activation, double x) {
  return activation == Activation::relu ? (x < 0 ? 0 : x) : std::tanh(x);
}

/// `weights` in the order of the parameters, window [steps][features], known [known]; the outputs.
template <typename Weights, typename Window, typename Known>
std::vector<double> plain_network(const Shape& shape, const Weights& weights, const Window& window,
                                  const Known& known) {
  std::vector<std::vector<double>> inputs(shape.steps);
  for (std::size_t t = 0; t < shape.steps; ++t) {
    for (std::size_t d = 0; d < shape.features; ++d) {
      inputs[t].push_back(static_cast<double>(window[t * shape.features + d]));
    }
  }
  std::size_t at = 0;
  for (const std::size_t units : shape.units) {
    const std::size_t width = inputs[0].size();
    const auto weight = [&](std::size_t row, std::size_t gate, std::size_t unit) {
      return static_cast<double>(weights[at + row * 4 * units + gate * units + unit]);
    };
    std::vector<double> h(units, 0), c(units, 0);
    for (std::vector<double>& input : inputs) {
      std::vector<double> next_h(units);
      for (std::size_t u = 0; u < units; ++u) {
        double z[4];
        for (std::size_t gate = 0; gate < 4; ++gate) {
          z[gate] = weight(0, gate, u);
          for (std::size_t d = 0; d < width; ++d) z[gate] += weight(1 + d, gate, u) * input[d];
          for (std::size_t r = 0; r < units; ++r) z[gate] += weight(1 + width + r, gate, u) * h[r];
        }
        c[u] = plain_sigmoid(z[1]) * c[u] +
               plain_sigmoid(z[0]) * plain_activation(shape.activation, z[2]);
        next_h[u] = plain_sigmoid(z[3]) * plain_activation(shape.activation, c[u]);
      }
      h = next_h;
      input = h;
    }
    at += (1 + width + units) * 4 * units;
  }
  const std::vector<double>& last = inputs.back();
  std::vector<double> outputs(shape.outputs);
  for (std::size_t j = 0; j < shape.outputs; ++j) {
    outputs[j] = static_cast<double>(weights[at + j]);
    for (std::size_t u = 0; u < last.size(); ++u) {
      outputs[j] += static_cast<double>(weights[at + (1 + u) * shape.outputs + j]) * last[u];
    }
    for (std::size_t k = 0; k < shape.known; ++k) {
      const std::size_t row = 1 + last.size() + k;
      outputs[j] += static_cast<double>(weights[at + row * shape.outputs + j]) *
                    static_cast<double>(known[k]);
    }
  }
  return outputs;
}

/// Random windows and targets in [-1, 1].
template <typename T>
struct Samples {
  std::vector<T> windows, targets, known;
  std::vector<Sample<T>> list;

  Samples(const Shape& shape, std::size_t count, std::uint64_t seed) {
    Random random(seed);
    windows.resize(count * shape.steps * shape.features);
    targets.resize(count * shape.outputs);
    for (T& value : windows) value = static_cast<T>(random.uniform(-1, 1));
    for (T& value : targets) value = static_cast<T>(random.uniform(-1, 1));
    known.resize(count * shape.known);
    for (T& value : known) value = static_cast<T>(random.uniform(-1, 1));
    for (std::size_t j = 0; j < count; ++j) {
      list.push_back({&windows[j * shape.steps * shape.features], &targets[j * shape.outputs],
                      known.data() + j * shape.known});
    }
  }
};

/// Random weights of the order of 1 / √inputs: unlike the first weights, no row is special.
template <typename T>
AlignedVector<T> random_weights(const Shape& shape, std::uint64_t seed) {
  Random random(seed);
  AlignedVector<T> weights(parameter_count(shape));
  for (T& value : weights) value = static_cast<T>(random.uniform(-0.4, 0.4));
  return weights;
}

}  // namespace weir::lstm_model::test
