// SPDX-License-Identifier: Apache-2.0
#include "network/shape.hpp"

#include <stdexcept>
#include <string>

namespace weir::lstm_model {

void check(const Shape& shape) {
  constexpr std::size_t max_dimension = std::size_t{1} << 20;
  const auto within = [](std::size_t value, const char* name) {
    if (value == 0 || value > max_dimension) {
      throw std::invalid_argument("network: " + std::string(name) + " is " + std::to_string(value) +
                                  ", but must lie between 1 and " + std::to_string(max_dimension));
    }
  };
  within(shape.steps, "the number of steps");
  within(shape.features, "the number of features");
  within(shape.outputs, "the number of outputs");
  within(shape.units.size(), "the number of layers");
  within(shape.known + 1, "the number of known values");
  if (shape.steps * shape.features > max_parameters) {
    throw std::invalid_argument("network: a window of " + std::to_string(shape.steps) +
                                " steps x " + std::to_string(shape.features) +
                                " features is too large; shorten sequence_length");
  }
  std::size_t total = 0;
  std::size_t inputs = shape.features;
  const auto add = [&](std::size_t rows, std::size_t columns) {
    total += rows * columns;  // at most 2^22 · 2^22, and refused before a second one is added
    if (total > max_parameters) {
      throw std::invalid_argument("network: more than " + std::to_string(max_parameters) +
                                  " parameters; use fewer or smaller layers");
    }
  };
  for (const std::size_t units : shape.units) {
    within(units, "the units of a layer");
    add(1 + inputs + units, 4 * units);
    inputs = units;
  }
  add(1 + inputs + shape.known, shape.outputs);
}

std::vector<Block> blocks(const Shape& shape) {
  std::vector<Block> result;
  result.reserve(shape.units.size() + 1);
  std::size_t offset = 0;
  std::size_t inputs = shape.features;
  for (const std::size_t units : shape.units) {
    result.push_back({offset, inputs, units, 4 * units});
    offset += result.back().size();
    inputs = units;
  }
  result.push_back({offset, inputs + shape.known, 0, shape.outputs});
  return result;
}

std::size_t parameter_count(const Shape& shape) {
  const Block head = blocks(shape).back();
  return head.offset + head.size();
}

double training_operations(const Shape& shape) {
  const auto steps = static_cast<double>(shape.steps);
  double products = 0;
  bool first = true;
  for (const Block& block : blocks(shape)) {
    const auto inputs = static_cast<double>(block.inputs * block.columns);
    const auto recurrent = static_cast<double>(block.recurrent * block.columns);
    const double times = block.recurrent == 0 ? 1 : steps;
    products += (first ? 2 : 3) * inputs * times + 3 * recurrent * (times - 1);
    first = false;
  }
  return 2 * products;
}

}  // namespace weir::lstm_model
