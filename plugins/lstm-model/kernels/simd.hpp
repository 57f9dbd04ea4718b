// SPDX-License-Identifier: Apache-2.0
//
// Short vectors by the compilers' vector extension: the same source gives SSE2 and AVX2 code, in
// float and in double.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace weir::lstm_model::kernels {

#if defined(__AVX2__)
inline constexpr std::size_t vector_bytes = 32;
#else
inline constexpr std::size_t vector_bytes = 16;
#endif

template <typename T>
struct VectorOf {
  typedef T type __attribute__((vector_size(vector_bytes)));
};

/// `lanes<T>` values of T that are computed together.
template <typename T>
using Vector = typename VectorOf<T>::type;

template <typename T>
inline constexpr std::size_t lanes = vector_bytes / sizeof(T);

template <typename T>
inline Vector<T> load(const T* from) {
  Vector<T> value;
  __builtin_memcpy(&value, from, sizeof value);
  return value;
}

template <typename T>
inline void store(T* to, const Vector<T>& value) {
  __builtin_memcpy(to, &value, sizeof value);
}

template <typename T>
inline Vector<T> broadcast(T value) {
  return value - Vector<T>{};
}

}  // namespace weir::lstm_model::kernels
