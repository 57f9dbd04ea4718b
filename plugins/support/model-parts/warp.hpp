// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <weir/model.hpp>

#include "saved_bytes.hpp"

namespace weir::model_parts {

/// How a model sees its target: as it is, or its logarithm, in which a season that grows with the
/// level is a sum. A median stays one under it, so the absolute error can be made small in either.
/// What comes back stays within e times what was learned.
struct Warp {
  bool logarithm = false;
  double scale = 1;  ///< physical value = value * scale + offset
  double offset = 0;
  double least = 0;  ///< logarithms of the least and the greatest value learned
  double greatest = 0;

  [[nodiscard]] double in(double value) const {
    if (!logarithm) return value;
    // A NaN stays one; what is not positive counts as little.
    const double physical = value * scale + offset;
    return physical > 0 || std::isnan(physical) ? std::max(std::log(physical), least - 1)
                                                : least - 1;
  }
  [[nodiscard]] double out(double value) const {
    if (!logarithm) return value;
    return (std::exp(std::clamp(value, least - 1, greatest + 1)) - offset) / scale;
  }

  /// The logarithm of a feature's rows before `end`; unless they are all positive and differ, the
  /// values as they are.
  [[nodiscard]] static Warp logarithm_of(const TrainingSet& set, std::size_t feature,
                                         std::size_t end) {
    Warp warp;
    warp.scale = set.scale()[feature];
    warp.offset = set.offset()[feature];
    double least = std::numeric_limits<double>::infinity();
    double greatest = 0;
    for (std::size_t row = 0; row < std::min(end, set.rows().size()); ++row) {
      const double value = set.rows().at(row, feature) * warp.scale + warp.offset;
      if (std::isnan(value)) continue;
      least = std::min(least, value);
      greatest = std::max(greatest, value);
    }
    if (!(least > 0) || !(greatest > least) || !std::isfinite(greatest) || warp.scale == 0)
      return {};
    warp.logarithm = true;
    warp.least = std::log(least);
    warp.greatest = std::log(greatest);
    return warp;
  }

  void put(BytesWriter& to) const {
    to.put(static_cast<std::uint8_t>(logarithm ? 1 : 0));
    for (const double number : {scale, offset, least, greatest}) to.put(number);
  }
  [[nodiscard]] static Warp take(BytesReader& from) {
    Warp warp;
    warp.logarithm = from.take<std::uint8_t>() != 0;
    for (double* number : {&warp.scale, &warp.offset, &warp.least, &warp.greatest})
      *number = from.take<double>();
    if (warp.scale == 0 || warp.least > warp.greatest) from.refuse("hold a scale that cannot be");
    return warp;
  }
};

}  // namespace weir::model_parts
