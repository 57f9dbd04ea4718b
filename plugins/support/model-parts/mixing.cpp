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

}  // namespace weir::model_parts
