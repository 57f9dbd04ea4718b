// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "network/aligned_vector.hpp"
#include "network/shape.hpp"

namespace weir::lstm_model {

/// The weights as multiply() wants them, in both directions.
template <typename T>
class PackedWeights {
 public:
  explicit PackedWeights(const Shape& shape);

  enum class Direction { forward, backward };

  /// Takes over `weights` (as Shape lays them out) for one direction. Different directions may be
  /// packed by two threads at once.
  void pack(Direction direction, std::span<const T> weights);
  void pack(std::span<const T> weights) {
    pack(Direction::forward, weights);
    pack(Direction::backward, weights);
  }

  [[nodiscard]] const std::vector<Block>& blocks() const { return blocks_; }

  /// A = Pᵀ [columns × rows] of block `index`.
  [[nodiscard]] const T* forward(std::size_t index) const {
    return packed_.data() + offsets_[index].forward;
  }
  /// A = the rows of P whose inputs need a gradient [× columns]: those of the layer below (of the
  /// first layer none), then the recurrent ones.
  [[nodiscard]] const T* backward(std::size_t index) const {
    return packed_.data() + offsets_[index].backward;
  }

 private:
  struct Offsets {
    std::size_t forward;
    std::size_t backward;
  };
  [[nodiscard]] std::size_t first_backward_row(std::size_t index) const;

  std::vector<Block> blocks_;
  std::vector<Offsets> offsets_;
  AlignedVector<T> packed_;
};

}  // namespace weir::lstm_model
