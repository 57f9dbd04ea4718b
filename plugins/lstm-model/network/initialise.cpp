// SPDX-License-Identifier: Apache-2.0
#include "network/initialise.hpp"

#include <Eigen/QR>
#include <algorithm>
#include <cmath>

#include "network/random.hpp"

namespace weir::lstm_model {
namespace {

using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

Matrix orthogonal(Eigen::Index size, Random& random) {
  Matrix noise(size, size);
  for (Eigen::Index j = 0; j < noise.size(); ++j) noise.data()[j] = random.uniform(-1, 1);
  const Eigen::HouseholderQR<Matrix> decomposition(noise);
  Matrix q = decomposition.householderQ();
  // The signs of R's diagonal are the algorithm's choice; with them taken out, Q is not biased.
  for (Eigen::Index j = 0; j < size; ++j) {
    if (decomposition.matrixQR()(j, j) < 0) q.col(j) = -q.col(j);
  }
  return q;
}

}  // namespace

template <typename T>
AlignedVector<T> initial_weights(const Shape& shape, std::uint64_t seed) {
  check(shape);
  AlignedVector<T> weights(parameter_count(shape));
  Random random(seed);
  for (const Block& block : blocks(shape)) {
    T* const matrix = weights.data() + block.offset;
    // Keras counts the four gates as one kernel; so do we, so that "the seed's way" starts alike.
    const double limit = std::sqrt(6.0 / static_cast<double>(block.inputs + block.columns));
    T* const inputs = matrix + block.columns;
    for (std::size_t j = 0; j < block.inputs * block.columns; ++j) {
      inputs[j] = static_cast<T>(random.uniform(-limit, limit));
    }
    if (block.recurrent == 0) {
      // What goes straight to the head is not to shout before the layers have learned anything.
      const std::size_t known = shape.known * block.columns;
      std::fill_n(inputs + block.inputs * block.columns - known, known, T{0});
      continue;
    }
    const std::size_t units = block.recurrent;
    for (std::size_t j = 0; j < units; ++j) matrix[units + j] = T{1};
    T* const recurrent = inputs + block.inputs * block.columns;
    for (std::size_t gate = 0; gate < 4; ++gate) {
      const Matrix q = orthogonal(static_cast<Eigen::Index>(units), random);
      for (std::size_t row = 0; row < units; ++row) {
        for (std::size_t column = 0; column < units; ++column) {
          recurrent[row * block.columns + gate * units + column] =
              static_cast<T>(q(static_cast<Eigen::Index>(row), static_cast<Eigen::Index>(column)));
        }
      }
    }
  }
  return weights;
}

template AlignedVector<float> initial_weights(const Shape&, std::uint64_t);
template AlignedVector<double> initial_weights(const Shape&, std::uint64_t);

}  // namespace weir::lstm_model
