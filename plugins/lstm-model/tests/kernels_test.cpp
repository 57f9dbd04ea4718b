// SPDX-License-Identifier: Apache-2.0
#include "kernels/kernels.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "network/random.hpp"
#include "reference.hpp"

namespace weir::lstm_model {
namespace {

template <typename T>
std::vector<T> noise(std::size_t count, std::uint64_t seed) {
  Random random(seed);
  std::vector<T> values(count);
  for (T& value : values) value = static_cast<T>(random.uniform(-1, 1));
  return values;
}

template <typename T>
class Kernels : public testing::Test {
 protected:
  static constexpr double tolerance = sizeof(T) == sizeof(float) ? 2e-5 : 1e-12;
};
using Scalars = testing::Types<float, double>;
TYPED_TEST_SUITE(Kernels, Scalars);

TYPED_TEST(Kernels, MultiplyAgreesWithPlainLoops) {
  using T = TypeParam;
  for (const std::size_t m : {1, 2, 3, 5, 6, 7, 11, 12, 13, 64, 200}) {
    for (const std::size_t k : {1, 2, 9, 54}) {
      for (const std::size_t blocks : {1, 2, 3}) {
        const std::size_t n = blocks * kernels::column_block<T>;
        const std::size_t depth = k > 2 ? k - 2 : k;
        const auto a = noise<T>(m * k, m), b = noise<T>(k * n, k);
        std::vector<T> packed(kernels::packed_size<T>(m, k));
        const T untouched = 7;
        std::vector<T> c(m * n + 1, untouched);
        kernels::pack(m, k, a.data(), k, 1, packed.data());
        kernels::multiply(m, n, depth, k, packed.data(), b.data(), c.data());
        for (std::size_t row = 0; row < m; ++row) {
          for (std::size_t column = 0; column < n; ++column) {
            double sum = 0;
            for (std::size_t p = 0; p < depth; ++p) {
              sum += static_cast<double>(a[row * k + p]) * static_cast<double>(b[p * n + column]);
            }
            ASSERT_NEAR(static_cast<double>(c[row * n + column]), sum, TestFixture::tolerance)
                << m << " x " << n << " x " << depth << " at " << row << ", " << column;
          }
        }
        ASSERT_EQ(c.back(), untouched);
      }
    }
  }
}

TYPED_TEST(Kernels, PackTakesTransposedOperands) {
  using T = TypeParam;
  const std::size_t m = 7, k = 5;
  const auto a = noise<T>(m * k, 1);
  std::vector<T> transposed(m * k);
  for (std::size_t row = 0; row < m; ++row) {
    for (std::size_t p = 0; p < k; ++p) transposed[p * m + row] = a[row * k + p];
  }
  std::vector<T> straight(kernels::packed_size<T>(m, k)), turned(straight.size());
  kernels::pack(m, k, a.data(), k, 1, straight.data());
  kernels::pack(m, k, transposed.data(), 1, m, turned.data());
  EXPECT_EQ(straight, turned);
}

TYPED_TEST(Kernels, WeightGradientAgreesWithPlainLoops) {
  using T = TypeParam;
  // The last one is larger than a pass, so that sums continue over passes.
  const struct {
    std::size_t steps, m, n, blocks;
  } cases[] = {{1, 1, 1, 1}, {3, 4, 3, 1},    {2, 5, 4, 2},
               {4, 7, 5, 1}, {10, 64, 17, 1}, {40, 96, 7, 4}};
  for (const auto& [steps, m, n, blocks] : cases) {
    const std::size_t columns = blocks * kernels::column_block<T>;
    const std::size_t a_step = m * columns + 8, b_step = n * columns + 24;
    const auto a = noise<T>(steps * a_step, 1), b = noise<T>(steps * b_step, 2);
    std::vector<T> gradient(m * n, T{99});
    kernels::weight_gradient(steps, m, n, columns, a.data(), a_step, b.data(), b_step,
                             gradient.data());
    for (std::size_t j = 0; j < n; ++j) {
      for (std::size_t i = 0; i < m; ++i) {
        double sum = 0;
        for (std::size_t s = 0; s < steps; ++s) {
          for (std::size_t c = 0; c < columns; ++c) {
            sum += static_cast<double>(a[s * a_step + i * columns + c]) *
                   static_cast<double>(b[s * b_step + j * columns + c]);
          }
        }
        ASSERT_NEAR(static_cast<double>(gradient[j * m + i]), sum, 10 * TestFixture::tolerance)
            << steps << " steps, " << m << " x " << n << " at " << j << ", " << i;
      }
    }
  }
}

TYPED_TEST(Kernels, MultiplyVectorAgreesWithPlainLoops) {
  using T = TypeParam;
  for (const std::size_t m : {1, 3, 4, 8, 20, 63, 64, 65, 200}) {
    const std::size_t k = 23;
    const auto weights = noise<T>(m * k, 3), x = noise<T>(k, 4);
    std::vector<T> y(m + 1, T{7});
    kernels::multiply_vector(m, k, weights.data(), x.data(), y.data());
    for (std::size_t i = 0; i < m; ++i) {
      double sum = 0;
      for (std::size_t p = 0; p < k; ++p) {
        sum += static_cast<double>(weights[p * m + i]) * static_cast<double>(x[p]);
      }
      ASSERT_NEAR(static_cast<double>(y[i]), sum, TestFixture::tolerance) << m << " at " << i;
    }
    ASSERT_EQ(y[m], T{7});
  }
}

// One step with z in all gates; the activated gates are what is looked at.
template <typename T>
struct Step {
  std::vector<T> gates, c, a, h;

  Step(Activation activation, const std::vector<T>& z) {
    const std::size_t count = z.size();
    for (int gate = 0; gate < 4; ++gate) gates.insert(gates.end(), z.begin(), z.end());
    c.assign(count, T{0});
    a.resize(count);
    h.resize(count);
    kernels::cell_forward<T>(activation,
                             {count, gates.data(), c.data(), c.data(), a.data(), h.data()});
  }
};

TEST(Activations, StayWithinTheirStatedErrors) {
  std::vector<float> z;
  for (double x = -100; x <= 100; x += 0.001) z.push_back(static_cast<float>(x));
  for (const float x : {0.0F, -0.0F, 1e-30F, 1e30F, -1e30F}) z.push_back(x);
  const float infinity = std::numeric_limits<float>::infinity();
  z.push_back(infinity);
  z.push_back(-infinity);
  const Step<float> step(Activation::tanh, z);
  double sigmoid_error = 0, tanh_error = 0;
  for (std::size_t j = 0; j < z.size(); ++j) {
    const auto x = static_cast<double>(z[j]);
    sigmoid_error = std::max(sigmoid_error,
                             std::abs(static_cast<double>(step.gates[j]) - test::plain_sigmoid(x)));
    tanh_error = std::max(
        tanh_error, std::abs(static_cast<double>(step.gates[2 * z.size() + j]) - std::tanh(x)));
  }
  EXPECT_LT(sigmoid_error, 1.5e-7);
  EXPECT_LT(tanh_error, 3e-7);
  RecordProperty("sigmoid", std::to_string(sigmoid_error * 1e9));
  RecordProperty("tanh", std::to_string(tanh_error * 1e9));
}

TEST(Activations, LetNothingThatIsNotANumberPass) {
  const std::vector<float> z(11, std::numeric_limits<float>::quiet_NaN());
  for (const Activation activation : {Activation::relu, Activation::tanh}) {
    const Step<float> step(activation, z);
    for (std::size_t j = 0; j < z.size(); ++j) {
      for (std::size_t gate = 0; gate < 4; ++gate)
        EXPECT_TRUE(std::isnan(step.gates[gate * 11 + j]));
      EXPECT_TRUE(std::isnan(step.c[j]));
      EXPECT_TRUE(std::isnan(step.h[j]));
    }
  }
}

TYPED_TEST(Kernels, AdamFollowsItsFormula) {
  using T = TypeParam;
  const std::size_t count = 37;
  const auto gradient = noise<T>(count, 5);
  auto m = noise<T>(count, 6), v = noise<T>(count, 7), w = noise<T>(count, 8);
  for (T& value : v) value = value * value;
  const auto m0 = m, v0 = v, w0 = w;
  const kernels::AdamStep<T> step{T(0.5), T(0.9), T(0.999), T(1e-7), T(0.01), T(0.001)};
  kernels::adam(step, count, gradient.data(), m.data(), v.data(), w.data());
  for (std::size_t j = 0; j < count; ++j) {
    const double g = 0.5 * static_cast<double>(gradient[j]);
    const double first = 0.9 * static_cast<double>(m0[j]) + 0.1 * g;
    const double second = 0.999 * static_cast<double>(v0[j]) + 0.001 * g * g;
    const double weight =
        static_cast<double>(w0[j]) * 0.999 - 0.01 * first / (std::sqrt(second) + 1e-7);
    EXPECT_NEAR(static_cast<double>(m[j]), first, 1e-6);
    EXPECT_NEAR(static_cast<double>(v[j]), second, 1e-6);
    EXPECT_NEAR(static_cast<double>(w[j]), weight, 1e-6);
  }
}

TYPED_TEST(Kernels, AddReturnsTheSquaredNorm) {
  using T = TypeParam;
  const auto a = noise<T>(29, 1), b = noise<T>(29, 2);
  std::vector<T> sum(29);
  double expected = 0;
  for (std::size_t j = 0; j < 29; ++j) {
    const double s = static_cast<double>(a[j]) + static_cast<double>(b[j]);
    expected += s * s;
  }
  EXPECT_NEAR(kernels::add<T>(29, a.data(), b.data(), sum.data()), expected, 1e-5);
  for (std::size_t j = 0; j < 29; ++j) EXPECT_EQ(sum[j], a[j] + b[j]);
  (void)kernels::add<T>(29, a.data(), nullptr, sum.data());
  EXPECT_EQ(sum, a);
}

}  // namespace
}  // namespace weir::lstm_model
