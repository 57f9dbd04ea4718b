// SPDX-License-Identifier: Apache-2.0
//
// G = Σ B_s · A_sᵀ: dot products along the samples, all steps in one sum, 4 × 3 of them at a time
// in registers.
#include <algorithm>
#include <utility>

#include "kernels.hpp"
#include "simd.hpp"

namespace weir::lstm_model::kernels {
namespace {

constexpr std::size_t tile_m = 4;
constexpr std::size_t tile_n = 3;

// Values of B that one pass reads again and again: they should stay in the second-level cache.
constexpr std::size_t pass_bytes = 192 * 1024;

template <typename T>
inline T sum_lanes(const Vector<T>& value) {
  T total = value[0];
  for (std::size_t lane = 1; lane < lanes<T>; ++lane) total += value[lane];
  return total;
}

// The lane sums of four vectors of float, side by side.
inline void sum_lanes_of_four(const Vector<float>* v, float* out) {
#if defined(__AVX2__)
  const auto low01 = __builtin_shufflevector(v[0], v[1], 0, 8, 1, 9, 4, 12, 5, 13);
  const auto high01 = __builtin_shufflevector(v[0], v[1], 2, 10, 3, 11, 6, 14, 7, 15);
  const auto low23 = __builtin_shufflevector(v[2], v[3], 0, 8, 1, 9, 4, 12, 5, 13);
  const auto high23 = __builtin_shufflevector(v[2], v[3], 2, 10, 3, 11, 6, 14, 7, 15);
  const Vector<float> s01 = low01 + high01;
  const Vector<float> s23 = low23 + high23;
  const Vector<float> even = __builtin_shufflevector(s01, s23, 0, 1, 8, 9, 4, 5, 12, 13);
  const Vector<float> odd = __builtin_shufflevector(s01, s23, 2, 3, 10, 11, 6, 7, 14, 15);
  const Vector<float> sums = even + odd;
  const auto total = __builtin_shufflevector(sums, sums, 0, 1, 2, 3) +
                     __builtin_shufflevector(sums, sums, 4, 5, 6, 7);
#else
  const auto low01 = __builtin_shufflevector(v[0], v[1], 0, 4, 1, 5);
  const auto high01 = __builtin_shufflevector(v[0], v[1], 2, 6, 3, 7);
  const auto low23 = __builtin_shufflevector(v[2], v[3], 0, 4, 1, 5);
  const auto high23 = __builtin_shufflevector(v[2], v[3], 2, 6, 3, 7);
  const Vector<float> s01 = low01 + high01;
  const Vector<float> s23 = low23 + high23;
  const Vector<float> even = __builtin_shufflevector(s01, s23, 0, 1, 4, 5);
  const Vector<float> odd = __builtin_shufflevector(s01, s23, 2, 3, 6, 7);
  const Vector<float> total = even + odd;
#endif
  __builtin_memcpy(out, &total, sizeof total);
}

template <typename T>
struct Operands {
  std::size_t steps, columns;
  const T* a;
  std::size_t a_step;
  const T* b;
  std::size_t b_step;
};

// G(j, i) for i < rows, j < sizeof...(I) / rows; `a` and `b` point at their first rows.
template <typename T, std::size_t rows, std::size_t... I>
inline void tile(std::index_sequence<I...>, const Operands<T>& in, std::size_t m, bool add, T* g) {
  constexpr std::size_t count = sizeof...(I);
  Vector<T> sum[count] = {};
  for (std::size_t s = 0; s < in.steps; ++s) {
    const T* a = in.a + s * in.a_step;
    const T* b = in.b + s * in.b_step;
    for (std::size_t c = 0; c < in.columns; c += lanes<T>) {
      ((sum[I] += load(a + I % rows * in.columns + c) * load(b + I / rows * in.columns + c)), ...);
    }
  }
  T totals[count];
  if constexpr (rows == 4 && sizeof(T) == sizeof(float)) {
    ((I % rows == 0 ? sum_lanes_of_four(sum + I, totals + I) : void()), ...);
  } else {
    ((totals[I] = sum_lanes<T>(sum[I])), ...);
  }
  for (std::size_t t = 0; t < count; ++t) {
    T& out = g[t / rows * m + t % rows];
    out = add ? out + totals[t] : totals[t];
  }
}

template <typename T, std::size_t height>
inline void rows_of_gradient(Operands<T> in, std::size_t m, bool add, T* g) {
  const T* const first_a = in.a;
  std::size_t i = 0;
  for (; i + tile_m <= m; i += tile_m) {
    in.a = first_a + i * in.columns;
    tile<T, tile_m>(std::make_index_sequence<tile_m * height>{}, in, m, add, g + i);
  }
  for (; i < m; ++i) {
    in.a = first_a + i * in.columns;
    tile<T, 1>(std::make_index_sequence<height>{}, in, m, add, g + i);
  }
}

template <typename T>
void one_pass(Operands<T> in, std::size_t m, std::size_t n, bool add, T* g) {
  for (std::size_t j = 0; j < n; j += tile_n) {
    const std::size_t height = std::min(tile_n, n - j);
    if (height == 3) {
      rows_of_gradient<T, 3>(in, m, add, g + j * m);
    } else if (height == 2) {
      rows_of_gradient<T, 2>(in, m, add, g + j * m);
    } else {
      rows_of_gradient<T, 1>(in, m, add, g + j * m);
    }
    in.b += height * in.columns;
  }
}

}  // namespace

template <typename T>
void weight_gradient(std::size_t steps, std::size_t m, std::size_t n, std::size_t columns,
                     const T* a, std::size_t a_step, const T* b, std::size_t b_step, T* gradient) {
  const std::size_t step_bytes = m * columns * sizeof(T);
  const std::size_t pass = std::clamp<std::size_t>(pass_bytes / step_bytes, 1, steps);
  for (std::size_t s = 0; s < steps; s += pass) {
    const std::size_t count = std::min(pass, steps - s);
    one_pass<T>({count, columns, a + s * a_step, a_step, b + s * b_step, b_step}, m, n, s > 0,
                gradient);
  }
}

template void weight_gradient(std::size_t, std::size_t, std::size_t, std::size_t, const float*,
                              std::size_t, const float*, std::size_t, float*);
template void weight_gradient(std::size_t, std::size_t, std::size_t, std::size_t, const double*,
                              std::size_t, const double*, std::size_t, double*);

}  // namespace weir::lstm_model::kernels
