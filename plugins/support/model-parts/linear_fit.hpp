// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

namespace weir::model_parts {

/// y = intercept + sum of weights x inputs.
struct LinearFit {
  double intercept = 0;
  std::vector<double> weights;

  [[nodiscard]] double at(std::span<const double> inputs) const {
    double sum = intercept;
    for (std::size_t i = 0; i < weights.size(); ++i) sum += weights[i] * inputs[i];
    return sum;
  }
};

/// Linear regression with a ridge penalty on the standardised inputs (Hoerl and Kennard 1970):
///   minimise  mean of (y - fit)^2 + penalty * sum of (weight * deviation of its input)^2,
/// in closed form; or of |y - fit| by iteratively reweighted squares (Schlossmacher 1973), which
/// leaves rare peaks their distance. An input that never changes gets weight 0.
class LinearProblem {
 public:
  /// `inputs`: row-major, samples x width, finite.
  LinearProblem(std::span<const double> inputs, std::size_t width);
  ~LinearProblem();
  LinearProblem(const LinearProblem&) = delete;
  LinearProblem& operator=(const LinearProblem&) = delete;

  [[nodiscard]] LinearFit least_squares(std::span<const double> truths, double penalty) const;
  [[nodiscard]] LinearFit least_absolute(std::span<const double> truths, double penalty) const;

 private:
  struct Standardised;
  std::unique_ptr<Standardised> parts_;
};

}  // namespace weir::model_parts
