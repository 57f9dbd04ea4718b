// SPDX-License-Identifier: Apache-2.0
#pragma once
/// How a column is scaled. Pure.

#include <cstdint>
#include <vector>

namespace weir::scaler {

enum class Method : std::uint8_t { minmax, standard, robust };

/// scaled = (x - offset) / factor; x = scaled * factor + offset.
struct Scale {
  double factor = 1;
  double offset = 0;
};

/// Learns from values without NaN. None: {1, 0}. A constant column has factor 1, so that it becomes
/// 0. Quartiles by linear interpolation between order statistics (Hyndman & Fan 1996, type 7).
[[nodiscard]] Scale learn(Method method, std::vector<double> values);

}  // namespace weir::scaler
