// SPDX-License-Identifier: Apache-2.0
#include "scale.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace weir::scaler {
namespace {

double quantile(const std::vector<double>& sorted, double share) {
  const double at = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (at - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

Scale from_spread(double spread, double offset) { return {spread > 0 ? spread : 1, offset}; }

Scale learn_standard(const std::vector<double>& values) {
  double mean = 0;
  double squares = 0;
  double count = 0;
  for (const double value : values) {
    const double before = value - mean;
    mean += before / ++count;
    squares += before * (value - mean);
  }
  return from_spread(std::sqrt(squares / count), mean);
}

}  // namespace

Scale learn(Method method, std::vector<double> values) {
  if (values.empty()) return {};
  if (method == Method::standard) return learn_standard(values);
  std::sort(values.begin(), values.end());
  if (method == Method::minmax) return from_spread(values.back() - values.front(), values.front());
  return from_spread(quantile(values, 0.75) - quantile(values, 0.25), quantile(values, 0.5));
}

}  // namespace weir::scaler
