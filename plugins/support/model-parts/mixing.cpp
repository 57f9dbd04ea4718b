// SPDX-License-Identifier: Apache-2.0
#include "mixing.hpp"

#include <algorithm>
#include <cmath>

namespace weir::model_parts {

std::vector<double> shares_by_error(std::span<const double> errors, double power) {
  constexpr double least_share = 0.1;
  const double least = *std::min_element(errors.begin(), errors.end());
  std::vector<double> shares;
  for (const double error : errors) {
    const double share = error == least ? 1 : std::pow(least / error, power);
    shares.push_back(share < least_share ? 0 : share);
  }
  return shares;
}

double trimmed_mean(std::span<WeightedValue> values, double trim) {
  std::sort(values.begin(), values.end(), [](const WeightedValue& a, const WeightedValue& b) {
    if (std::isnan(a.value) || std::isnan(b.value)) return !std::isnan(a.value);
    return a.value != b.value ? a.value < b.value : a.weight < b.weight;
  });
  double all = 0;
  for (const WeightedValue& one : values) all += one.weight;
  double before = 0, sum = 0, kept = 0;
  for (const WeightedValue& one : values) {
    const double share =
        std::min(before + one.weight, all * (1 - trim)) - std::max(before, all * trim);
    before += one.weight;
    if (share <= 0) continue;
    sum += share * one.value;
    kept += share;
  }
  return sum / kept;
}

}  // namespace weir::model_parts
