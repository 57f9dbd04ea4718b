// SPDX-License-Identifier: Apache-2.0
//
// The hot arithmetic of an LSTM, over plain pointers. This library is built twice from this one
// source: for any x86-64 and for x86-64-v3 (AVX2, FMA); the dynamic loader picks the copy
// (glibc-hwcaps). Nothing else of the plugin is built with special flags.
//
// Conventions
//   Matrices are row-major. "Columns" are the samples of a slice of a minibatch, so that the SIMD
//   lanes run over samples: a matrix [rows × columns] holds one row after the other, `columns`
//   values apart, and `columns` is a multiple of column_block<T>. Columns that hold no sample are
//   zero on the way in and carry a zero gradient on the way back. Buffers may have any alignment;
//   64 bytes is fastest. No function allocates, throws or keeps a pointer. All are thread-safe on
//   distinct outputs, and give the same bytes whenever they are called with the same values and
//   shapes. T is float, or double for checks of the gradients.
#pragma once

#include <cstddef>

#define WEIR_LSTM_KERNEL [[gnu::visibility("default")]]

namespace weir::lstm_model {

/// What bounds the cell's candidate and output. The three gates are always logistic sigmoids.
enum class Activation : unsigned char { relu = 0, tanh = 1 };

namespace kernels {

/// Samples are handled in blocks of one cache line.
template <typename T>
inline constexpr std::size_t column_block = 64 / sizeof(T);

template <typename T>
constexpr std::size_t padded_columns(std::size_t samples) {
  return (samples + column_block<T> - 1) / column_block<T> * column_block<T>;
}

/// The instruction set of the loaded copy: "x86-64" or "x86-64-v3".
WEIR_LSTM_KERNEL const char* variant();

/// Values that pack() writes for a left operand of m × k.
template <typename T>
WEIR_LSTM_KERNEL std::size_t packed_size(std::size_t m, std::size_t k);

/// Lays out the left operand A [m × k] of multiply() in the order in which it is read.
/// A(r, c) = a[r * row_stride + c * column_stride].
template <typename T>
WEIR_LSTM_KERNEL void pack(std::size_t m, std::size_t k, const T* a, std::size_t row_stride,
                           std::size_t column_stride, T* packed);

/// C [m × n] = A [m × depth] · B [depth × n]; n a multiple of column_block<T>. `packed_a` holds at
/// least m rows and exactly k ≥ depth columns, of which the first `depth` are used.
template <typename T>
WEIR_LSTM_KERNEL void multiply(std::size_t m, std::size_t n, std::size_t depth, std::size_t k,
                               const T* packed_a, const T* b, T* c);

/// G [n × m] = sum over the steps s of B_s [n × columns] · A_s [m × columns]ᵀ, where A_s = a + s *
/// a_step and B_s = b + s * b_step: the gradient of weights [n × m] whose input was B and whose
/// output gradient is A.
template <typename T>
WEIR_LSTM_KERNEL void weight_gradient(std::size_t steps, std::size_t m, std::size_t n,
                                      std::size_t columns, const T* a, std::size_t a_step,
                                      const T* b, std::size_t b_step, T* gradient);

/// y [m] = Wᵀ x, W [k × m], x [k]: one sample.
template <typename T>
WEIR_LSTM_KERNEL void multiply_vector(std::size_t m, std::size_t k, const T* weights, const T* x,
                                      T* y);

/// One step of `count` cells. `gates` holds 4 blocks of `count` values (input, forget, candidate,
/// output), before activation on entry and after it on return:
///   c = f ∘ c_before + i ∘ g,   a = act(c),   h = o ∘ a.
template <typename T>
struct CellForward {
  std::size_t count;
  T* gates;           // 4 × count
  const T* c_before;  // count
  T* c;               // count; may be c_before
  T* a;               // count
  T* h;               // count
};
template <typename T>
WEIR_LSTM_KERNEL void cell_forward(Activation activation, const CellForward<T>& step);

/// The same step backwards. `gates` holds the values after activation on entry and the gradients
/// before activation on return; `c_gradient` holds dL/dc from the later step on entry, for the
/// earlier step on return.
template <typename T>
struct CellBackward {
  std::size_t count;
  T* gates;           // 4 × count
  const T* c_before;  // count
  const T* a;         // count
  const T* h_above;   // count: dL/dh from the layer above, or null
  const T* h_later;   // count: dL/dh from the later step, or null
  T* c_gradient;      // count
};
template <typename T>
WEIR_LSTM_KERNEL void cell_backward(Activation activation, const CellBackward<T>& step);

/// out = first + second (second may be null); returns the sum of the squares of out.
template <typename T>
WEIR_LSTM_KERNEL double add(std::size_t count, const T* first, const T* second, T* out);

/// One step of Adam (Kingma and Ba 2015, section 2, the form with the corrected rate) with
/// decoupled weight decay:
///   g = gradient · gradient_scale,  m = β1 m + (1 − β1) g,  v = β2 v + (1 − β2) g²,
///   w = w − rate · m / (√v + ε) − decay · w.
template <typename T>
struct AdamStep {
  T gradient_scale;
  T beta1;
  T beta2;
  T epsilon;
  T rate;   // learning rate · √(1 − β2ᵗ) / (1 − β1ᵗ)
  T decay;  // learning rate · weight decay
};
template <typename T>
WEIR_LSTM_KERNEL void adam(const AdamStep<T>& step, std::size_t count, const T* gradient, T* m,
                           T* v, T* weights);

}  // namespace kernels
}  // namespace weir::lstm_model

#undef WEIR_LSTM_KERNEL
