// SPDX-License-Identifier: Apache-2.0
//
// y = Wᵀ x for one sample: a strip of y stays in registers while the rows of W stream by.
#include <utility>

#include "kernels.hpp"
#include "simd.hpp"

namespace weir::lstm_model::kernels {
namespace {

template <typename T, std::size_t... I>
inline void strip(std::index_sequence<I...>, std::size_t m, std::size_t k, const T* w, const T* x,
                  T* y) {
  Vector<T> sum[sizeof...(I)] = {};
  for (std::size_t p = 0; p < k; ++p, w += m) {
    const Vector<T> value = broadcast(x[p]);
    ((sum[I] += value * load(w + I * lanes<T>)), ...);
  }
  (store(y + I * lanes<T>, sum[I]), ...);
}

template <typename T>
inline void single(std::size_t m, std::size_t k, const T* w, const T* x, T* y) {
  T sum{0};
  for (std::size_t p = 0; p < k; ++p) sum += x[p] * w[p * m];
  *y = sum;
}

}  // namespace

template <typename T>
void multiply_vector(std::size_t m, std::size_t k, const T* weights, const T* x, T* y) {
  constexpr std::size_t wide = 8;
  std::size_t i = 0;
  for (; i + wide * lanes<T> <= m; i += wide * lanes<T>) {
    strip<T>(std::make_index_sequence<wide>{}, m, k, weights + i, x, y + i);
  }
  for (; i + lanes<T> <= m; i += lanes<T>) {
    strip<T>(std::make_index_sequence<1>{}, m, k, weights + i, x, y + i);
  }
  for (; i < m; ++i) single<T>(m, k, weights + i, x, y + i);
}

template void multiply_vector(std::size_t, std::size_t, const float*, const float*, float*);
template void multiply_vector(std::size_t, std::size_t, const double*, const double*, double*);

}  // namespace weir::lstm_model::kernels
