// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace weir::lstm_model {

/// How the forecasts of several networks become one.
enum class Combination : std::uint8_t {
  mean = 0,     // by their weights
  median = 1,   // each counts once
  trimmed = 2,  // the mean of the middle half of the weights: one that errs alone moves it little
};

[[nodiscard]] constexpr auto enum_names(Combination) {
  return std::array{std::pair{"mean", Combination::mean}, std::pair{"median", Combination::median},
                    std::pair{"trimmed", Combination::trimmed}};
}

/// All three are means that leave out some of the weight at both ends.
struct TrimmedMean {
  std::vector<double> weights;  // of the members, sum 1
  double trim = 0;              // what is left out at each end, in 0 … 0.5

  TrimmedMean(Combination combination, std::vector<double> counts);

  /// Of one value per member.
  [[nodiscard]] double of(std::span<const double> values);

 private:
  std::vector<std::pair<double, double>> sorted_;  // value, weight
};

}  // namespace weir::lstm_model
