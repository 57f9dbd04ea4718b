// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <utility>
#include <vector>

namespace weir::lstm_model {

/// How the forecasts of several networks become one.
enum class Combination : std::uint8_t {
  mean = 0,     // by their weights
  median = 1,   // each counts once
  trimmed = 2,  // the mean of the middle half of the weights
};

[[nodiscard]] constexpr auto enum_names(Combination) {
  return std::array{std::pair{"mean", Combination::mean}, std::pair{"median", Combination::median},
                    std::pair{"trimmed", Combination::trimmed}};
}

/// All three as what model_parts::trimmed_mean takes.
struct Trimming {
  std::vector<double> weights;  // of the members, sum 1
  double trim;
};

[[nodiscard]] Trimming trimming(Combination combination, std::vector<double> weights);

}  // namespace weir::lstm_model
