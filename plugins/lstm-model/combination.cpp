// SPDX-License-Identifier: Apache-2.0
#include "combination.hpp"

#include <algorithm>
#include <numeric>

#include "mixing.hpp"

namespace weir::lstm_model {

Trimming trimming(Combination combination, std::vector<double> weights) {
  double trim = combination == Combination::trimmed ? model_parts::outer_quarter : 0;
  if (combination == Combination::median) {
    std::fill(weights.begin(), weights.end(), 1);
    // Of an odd number the one in the middle is left, of an even number half of each of two.
    trim = 0.5 - 0.5 / static_cast<double>(weights.size());
  }
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  for (double& weight : weights) weight /= sum;
  return {std::move(weights), trim};
}

}  // namespace weir::lstm_model
