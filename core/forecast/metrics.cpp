// SPDX-License-Identifier: Apache-2.0
#include "core/forecast/metrics.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace weir::core {
namespace {
constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
}

void ErrorSums::add(double actual, double predicted) {
  const double error = predicted - actual;
  ++count_;
  absolute_ += std::abs(error);
  squared_ += error * error;
  const double before = actual - mean_;
  mean_ += before / static_cast<double>(count_);
  variance_ += before * (actual - mean_);
}

double ErrorSums::mae() const {
  return count_ == 0 ? unknown : absolute_ / static_cast<double>(count_);
}
double ErrorSums::rmse() const {
  return count_ == 0 ? unknown : std::sqrt(squared_ / static_cast<double>(count_));
}
double ErrorSums::r2() const { return variance_ <= 0 ? unknown : 1 - squared_ / variance_; }

double skill(double error, double baseline_error) {
  return baseline_error > 0 ? 1 - error / baseline_error : unknown;
}

double naive_scale(std::span<const double> values, std::size_t lag) {
  double sum = 0;
  std::size_t count = 0;
  for (std::size_t i = lag; i < values.size(); ++i) {
    const double distance = std::abs(values[i] - values[i - lag]);
    if (std::isnan(distance)) continue;
    sum += distance;
    ++count;
  }
  return count == 0 ? unknown : sum / static_cast<double>(count);
}

}  // namespace weir::core
