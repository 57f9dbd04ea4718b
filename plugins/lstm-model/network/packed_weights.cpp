// SPDX-License-Identifier: Apache-2.0
#include "network/packed_weights.hpp"

namespace weir::lstm_model {

template <typename T>
std::size_t PackedWeights<T>::first_backward_row(std::size_t index) const {
  return index == 0 ? 1 + blocks_[0].inputs : 1;
}

template <typename T>
PackedWeights<T>::PackedWeights(const Shape& shape) : blocks_(lstm_model::blocks(shape)) {
  std::size_t size = 0;
  for (std::size_t j = 0; j < blocks_.size(); ++j) {
    const Block& block = blocks_[j];
    const std::size_t backward = size + kernels::packed_size<T>(block.columns, block.rows());
    offsets_.push_back({size, backward});
    size = backward + kernels::packed_size<T>(block.rows() - first_backward_row(j), block.columns);
  }
  packed_.resize(size);
}

template <typename T>
void PackedWeights<T>::pack(Direction direction, std::span<const T> weights) {
  for (std::size_t j = 0; j < blocks_.size(); ++j) {
    const Block& block = blocks_[j];
    const T* const matrix = weights.data() + block.offset;
    if (direction == Direction::forward) {
      kernels::pack(block.columns, block.rows(), matrix, 1, block.columns,
                    packed_.data() + offsets_[j].forward);
    } else {
      const std::size_t first = first_backward_row(j);
      kernels::pack(block.rows() - first, block.columns, matrix + first * block.columns,
                    block.columns, 1, packed_.data() + offsets_[j].backward);
    }
  }
}

template class PackedWeights<float>;
template class PackedWeights<double>;

}  // namespace weir::lstm_model
