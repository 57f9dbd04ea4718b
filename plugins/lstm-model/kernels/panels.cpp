// SPDX-License-Identifier: Apache-2.0
//
// C = A · B with A in packed panels. A tile of C, panel_rows × column_block, stays in registers
// while k runs.
#include <utility>

#include "kernels.hpp"
#include "simd.hpp"

namespace weir::lstm_model::kernels {
namespace {

template <typename T>
inline constexpr std::size_t block_vectors = column_block<T> / lanes<T>;

// 12 accumulators: of 16 registers, the others hold the row of B and a value of A.
template <typename T>
inline constexpr std::size_t panel_rows = 12 / block_vectors<T>;

// The accumulators are expanded by an index sequence: indexed in a loop they spill (44 instead of
// 31 ms an epoch).
template <typename T, std::size_t... I>
inline void tile(std::index_sequence<I...>, std::size_t n, std::size_t k, const T* a, const T* b,
                 T* c) {
  constexpr std::size_t vectors = block_vectors<T>;
  Vector<T> sum[sizeof...(I)] = {};
  for (std::size_t p = 0; p < k; ++p) {
    ((sum[I] += broadcast(a[I / vectors]) * load(b + I % vectors * lanes<T>)), ...);
    a += panel_rows<T>;
    b += n;
  }
  (store(c + I / vectors * n + I % vectors * lanes<T>, sum[I]), ...);
}

template <typename T, std::size_t rows>
inline void panel(std::size_t n, std::size_t k, const T* a, const T* b, T* c) {
  for (std::size_t j = 0; j < n; j += column_block<T>) {
    tile<T>(std::make_index_sequence<rows * block_vectors<T>>{}, n, k, a, b + j, c + j);
  }
}

template <typename T, std::size_t... R>
inline void last_panel(std::index_sequence<R...>, std::size_t rows, std::size_t n, std::size_t k,
                       const T* a, const T* b, T* c) {
  ((rows == R + 1 ? panel<T, R + 1>(n, k, a, b, c) : void()), ...);
}

}  // namespace

template <typename T>
std::size_t packed_size(std::size_t m, std::size_t k) {
  return (m + panel_rows<T> - 1) / panel_rows<T> * panel_rows<T> * k;
}

template <typename T>
void pack(std::size_t m, std::size_t k, const T* a, std::size_t row_stride,
          std::size_t column_stride, T* packed) {
  constexpr std::size_t height = panel_rows<T>;
  for (std::size_t row = 0; row < m; row += height) {
    const T* from = a + row * row_stride;
    if (m - row >= height) {
      for (std::size_t p = 0; p < k; ++p, packed += height) {
        for (std::size_t r = 0; r < height; ++r) {
          packed[r] = from[r * row_stride + p * column_stride];
        }
      }
    } else {
      for (std::size_t p = 0; p < k; ++p, packed += height) {
        for (std::size_t r = 0; r < height; ++r) {
          packed[r] = row + r < m ? from[r * row_stride + p * column_stride] : T{0};
        }
      }
    }
  }
}

template <typename T>
void multiply(std::size_t m, std::size_t n, std::size_t depth, std::size_t k, const T* packed_a,
              const T* b, T* c) {
  constexpr std::size_t height = panel_rows<T>;
  std::size_t row = 0;
  for (; row + height <= m; row += height) {
    panel<T, height>(n, depth, packed_a + row * k, b, c + row * n);
  }
  if (row < m) {
    last_panel<T>(std::make_index_sequence<height - 1>{}, m - row, n, depth, packed_a + row * k, b,
                  c + row * n);
  }
}

template std::size_t packed_size<float>(std::size_t, std::size_t);
template std::size_t packed_size<double>(std::size_t, std::size_t);
template void pack(std::size_t, std::size_t, const float*, std::size_t, std::size_t, float*);
template void pack(std::size_t, std::size_t, const double*, std::size_t, std::size_t, double*);
template void multiply(std::size_t, std::size_t, std::size_t, std::size_t, const float*,
                       const float*, float*);
template void multiply(std::size_t, std::size_t, std::size_t, std::size_t, const double*,
                       const double*, double*);

}  // namespace weir::lstm_model::kernels
