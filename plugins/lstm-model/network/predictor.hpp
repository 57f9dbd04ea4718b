// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "network/aligned_vector.hpp"
#include "network/shape.hpp"

namespace weir::lstm_model {

/// One window in, its outputs out, as fast as one window goes: the lanes run over the units.
/// Agrees with Trainer::predict up to rounding.
class Predictor {
 public:
  Predictor(const Shape& shape, AlignedVector<float> weights);

  /// window [steps × features], known [known]; the result [outputs] is valid until the next call.
  /// Uses memory of the object: one call at a time.
  [[nodiscard]] std::span<const float> predict(std::span<const float> window,
                                               std::span<const float> known = {});

  [[nodiscard]] const Shape& shape() const { return shape_; }
  [[nodiscard]] std::span<const float> weights() const { return weights_; }

 private:
  struct Layer {
    Block block;
    AlignedVector<float> input;  // 1, inputs, units: as the rows of the block
    AlignedVector<float> cell;
  };

  Shape shape_;
  AlignedVector<float> weights_;
  std::vector<Layer> layers_;
  Block head_;
  AlignedVector<float> gates_, bounded_, head_input_, outputs_;
};

}  // namespace weir::lstm_model
