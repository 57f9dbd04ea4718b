// SPDX-License-Identifier: Apache-2.0
#include "combination.hpp"

#include <algorithm>
#include <numeric>

namespace weir::lstm_model {

TrimmedMean::TrimmedMean(Combination combination, std::vector<double> counts)
    : weights(std::move(counts)) {
  if (combination == Combination::trimmed) trim = 0.25;
  if (combination == Combination::median) {
    std::fill(weights.begin(), weights.end(), 1);
    // Of an odd number the one in the middle is left, of an even number half of each of two.
    trim = 0.5 - 0.5 / static_cast<double>(weights.size());
  }
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  for (double& weight : weights) weight /= sum;
}

double TrimmedMean::of(std::span<const double> values) {
  sorted_.clear();
  for (std::size_t m = 0; m < values.size(); ++m) sorted_.emplace_back(values[m], weights[m]);
  std::sort(sorted_.begin(), sorted_.end());
  double before = 0, sum = 0, kept = 0;
  for (const auto& [value, weight] : sorted_) {
    const double share = std::min(before + weight, 1 - trim) - std::max(before, trim);
    before += weight;
    if (share <= 0) continue;
    sum += share * value;
    kept += share;
  }
  return sum / kept;
}

}  // namespace weir::lstm_model
