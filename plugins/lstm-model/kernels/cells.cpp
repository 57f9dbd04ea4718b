// SPDX-License-Identifier: Apache-2.0
//
// The element by element part of a step. Gate blocks: 0 input i, 1 forget f, 2 candidate g, 3
// output o.
#include <type_traits>

#include "activation.hpp"
#include "kernels.hpp"
#include "simd.hpp"

namespace weir::lstm_model::kernels {
namespace {

// How many values a vector holds: all lanes, known to the compiler, or fewer at the end of an
// array.
template <typename T>
using Whole = std::integral_constant<std::size_t, lanes<T>>;

// `part` values from `from`, zeros after them.
template <typename T, typename Part>
inline Vector<T> load_part(const T* from, Part part) {
  Vector<T> value = {};
  __builtin_memcpy(&value, from, part * sizeof(T));
  return value;
}

template <typename T, typename Part>
inline void store_part(T* to, const Vector<T>& value, Part part) {
  __builtin_memcpy(to, &value, part * sizeof(T));
}

template <Activation activation, typename T, typename Part>
inline void forward_part(const CellForward<T>& step, std::size_t at, Part part) {
  T* const gates = step.gates + at;
  const Vector<T> i = sigmoid(load_part(gates, part));
  const Vector<T> f = sigmoid(load_part(gates + step.count, part));
  const Vector<T> g = activate<activation, T>(load_part(gates + 2 * step.count, part));
  const Vector<T> o = sigmoid(load_part(gates + 3 * step.count, part));
  const Vector<T> c = f * load_part(step.c_before + at, part) + i * g;
  const Vector<T> a = activate<activation, T>(c);
  store_part(gates, i, part);
  store_part(gates + step.count, f, part);
  store_part(gates + 2 * step.count, g, part);
  store_part(gates + 3 * step.count, o, part);
  store_part(step.c + at, c, part);
  store_part(step.a + at, a, part);
  store_part<T>(step.h + at, o * a, part);
}

template <Activation activation, typename T, typename Part>
inline void backward_part(const CellBackward<T>& step, std::size_t at, Part part) {
  T* const gates = step.gates + at;
  const Vector<T> i = load_part(gates, part);
  const Vector<T> f = load_part(gates + step.count, part);
  const Vector<T> g = load_part(gates + 2 * step.count, part);
  const Vector<T> o = load_part(gates + 3 * step.count, part);
  const Vector<T> a = load_part(step.a + at, part);
  Vector<T> dh = {};
  if (step.h_above != nullptr) dh += load_part(step.h_above + at, part);
  if (step.h_later != nullptr) dh += load_part(step.h_later + at, part);
  const Vector<T> dc =
      load_part(step.c_gradient + at, part) + activation_gradient<activation, T>(dh * o, a);
  const Vector<T> c_before = load_part(step.c_before + at, part);
  store_part<T>(gates, sigmoid_gradient<T>(dc * g, i), part);
  store_part<T>(gates + step.count, sigmoid_gradient<T>(dc * c_before, f), part);
  store_part<T>(gates + 2 * step.count, activation_gradient<activation, T>(dc * i, g), part);
  store_part<T>(gates + 3 * step.count, sigmoid_gradient<T>(dh * a, o), part);
  store_part<T>(step.c_gradient + at, dc * f, part);
}

template <Activation activation, typename T>
void forward_all(const CellForward<T>& step) {
  std::size_t at = 0;
  for (; at + lanes<T> <= step.count; at += lanes<T>) {
    forward_part<activation>(step, at, Whole<T>{});
  }
  if (at < step.count) forward_part<activation>(step, at, step.count - at);
}

template <Activation activation, typename T>
void backward_all(const CellBackward<T>& step) {
  std::size_t at = 0;
  for (; at + lanes<T> <= step.count; at += lanes<T>) {
    backward_part<activation>(step, at, Whole<T>{});
  }
  if (at < step.count) backward_part<activation>(step, at, step.count - at);
}

}  // namespace

template <typename T>
void cell_forward(Activation activation, const CellForward<T>& step) {
  if (activation == Activation::relu) {
    forward_all<Activation::relu>(step);
  } else {
    forward_all<Activation::tanh>(step);
  }
}

template <typename T>
void cell_backward(Activation activation, const CellBackward<T>& step) {
  if (activation == Activation::relu) {
    backward_all<Activation::relu>(step);
  } else {
    backward_all<Activation::tanh>(step);
  }
}

template void cell_forward(Activation, const CellForward<float>&);
template void cell_forward(Activation, const CellForward<double>&);
template void cell_backward(Activation, const CellBackward<float>&);
template void cell_backward(Activation, const CellBackward<double>&);

}  // namespace weir::lstm_model::kernels
