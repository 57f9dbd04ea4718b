// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "network/aligned_vector.hpp"
#include "network/shape.hpp"

namespace weir::lstm_model {

/// First weights, the same for the same seed: input weights and head uniform in ±√(6 / (fan in +
/// fan out)) (Glorot and Bengio 2010), recurrent weights of each gate orthogonal (Saxe et al.
/// 2014), biases 0 but the forget gate's 1 (Jozefowicz et al. 2015).
template <typename T>
[[nodiscard]] AlignedVector<T> initial_weights(const Shape& shape, std::uint64_t seed);

}  // namespace weir::lstm_model
