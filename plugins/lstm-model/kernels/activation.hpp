// SPDX-License-Identifier: Apache-2.0
//
// Sigmoid, tanh and ReLU over vectors, and their derivatives from their own values. NaN goes
// through all of them, so that a training that diverges is seen. Largest absolute error in float
// over all arguments (tests/kernels_test.cpp): sigmoid 1.5e-7, tanh 3e-7. In double they are the
// standard library's.
#pragma once

#include <cmath>

#include "kernels.hpp"
#include "simd.hpp"

namespace weir::lstm_model::kernels {

/// e^x for |x| ≤ 87; beyond it, e^±87. 2^n · 2^r with n = round(x log₂ e) and a polynomial for 2^r,
/// |r| ≤ ½: degree 5, minimax in the relative error (Remez), 7.5e-8.
inline Vector<float> exponential(const Vector<float>& x) {
  using Integers = std::int32_t __attribute__((vector_size(vector_bytes)));
  const Vector<float> limit = broadcast(87.0F);
  Vector<float> y = limit < x ? limit : x;
  y = -limit > y ? -limit : y;
  y *= broadcast(1.44269504F);
  // Adding 1.5 · 2²³ rounds to a whole number, which then lies in the low bits.
  const Vector<float> shift = broadcast(12582912.0F);
  const Vector<float> shifted = y + shift;
  const Vector<float> r = y - (shifted - shift);
  Vector<float> p = broadcast(1.3276471979e-3F);
  p = p * r + broadcast(9.6755413342e-3F);
  p = p * r + broadcast(5.5507132735e-2F);
  p = p * r + broadcast(2.4022119724e-1F);
  p = p * r + broadcast(6.9314696706e-1F);
  p = p * r + broadcast(1.0000000717F);
  Integers bits;
  __builtin_memcpy(&bits, &shifted, sizeof bits);
  bits = (bits << 23) + 0x3F800000;
  Vector<float> scale;
  __builtin_memcpy(&scale, &bits, sizeof scale);
  return p * scale;
}

inline Vector<float> sigmoid(const Vector<float>& x) {
  return broadcast(1.0F) / (broadcast(1.0F) + exponential(-x));
}

inline Vector<float> hyperbolic_tangent(const Vector<float>& x) {
  return broadcast(2.0F) * sigmoid(x + x) - broadcast(1.0F);
}

inline Vector<double> sigmoid(const Vector<double>& x) {
  Vector<double> result;
  for (std::size_t lane = 0; lane < lanes<double>; ++lane) {
    result[lane] = 1.0 / (1.0 + std::exp(-x[lane]));
  }
  return result;
}

inline Vector<double> hyperbolic_tangent(const Vector<double>& x) {
  Vector<double> result;
  for (std::size_t lane = 0; lane < lanes<double>; ++lane) result[lane] = std::tanh(x[lane]);
  return result;
}

template <Activation activation, typename T>
inline Vector<T> activate(const Vector<T>& x) {
  if constexpr (activation == Activation::relu) {
    const Vector<T> zero = {};
    return zero > x ? zero : x;
  } else {
    return hyperbolic_tangent(x);
  }
}

/// `gradient` · act′(x), where y = act(x).
template <Activation activation, typename T>
inline Vector<T> activation_gradient(const Vector<T>& gradient, const Vector<T>& y) {
  const Vector<T> zero = {};
  if constexpr (activation == Activation::relu) {
    return y > zero ? gradient : zero;
  } else {
    return gradient * (broadcast(T{1}) - y * y);
  }
}

/// `gradient` · σ′(x), where y = σ(x).
template <typename T>
inline Vector<T> sigmoid_gradient(const Vector<T>& gradient, const Vector<T>& y) {
  return gradient * (y * (broadcast(T{1}) - y));
}

}  // namespace weir::lstm_model::kernels
