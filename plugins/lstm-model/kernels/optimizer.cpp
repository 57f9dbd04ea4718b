// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "kernels.hpp"
#include "simd.hpp"

namespace weir::lstm_model::kernels {

const char* variant() {
#if defined(__AVX2__) && defined(__FMA__)
  return "x86-64-v3";
#else
  return "x86-64";
#endif
}

template <typename T>
double add(std::size_t count, const T* first, const T* second, T* out) {
  Vector<T> squares = {};
  std::size_t at = 0;
  for (; at + lanes<T> <= count; at += lanes<T>) {
    Vector<T> sum = load(first + at);
    if (second != nullptr) sum += load(second + at);
    store(out + at, sum);
    squares += sum * sum;
  }
  double total = 0;
  for (std::size_t lane = 0; lane < lanes<T>; ++lane) total += static_cast<double>(squares[lane]);
  for (; at < count; ++at) {
    out[at] = first[at] + (second != nullptr ? second[at] : T{0});
    total += static_cast<double>(out[at]) * static_cast<double>(out[at]);
  }
  return total;
}

// A plain loop: with -fno-math-errno the compiler makes vectors of it, square root and division
// included.
template <typename T>
void adam(const AdamStep<T>& step, std::size_t count, const T* __restrict gradient, T* __restrict m,
          T* __restrict v, T* __restrict weights) {
  const AdamStep<T> s = step;
  for (std::size_t j = 0; j < count; ++j) {
    const T g = gradient[j] * s.gradient_scale;
    m[j] = s.beta1 * m[j] + (T{1} - s.beta1) * g;
    v[j] = s.beta2 * v[j] + (T{1} - s.beta2) * (g * g);
    weights[j] -= s.rate * m[j] / (std::sqrt(v[j]) + s.epsilon) + s.decay * weights[j];
  }
}

template double add(std::size_t, const float*, const float*, float*);
template double add(std::size_t, const double*, const double*, double*);
template void adam(const AdamStep<float>&, std::size_t, const float*, float*, float*, float*);
template void adam(const AdamStep<double>&, std::size_t, const double*, double*, double*, double*);

}  // namespace weir::lstm_model::kernels
