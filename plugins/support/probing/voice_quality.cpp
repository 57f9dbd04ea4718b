// SPDX-License-Identifier: Apache-2.0
#include "voice_quality.hpp"

#include <algorithm>
#include <cmath>

namespace weir::probing {
namespace {

double sixth_root_of_one_plus_sixth_power(double x) {
  return std::pow(1 + std::pow(x, 6), 1.0 / 6);
}

}  // namespace

double r_factor(double one_way_ms, double loss_percent) {
  double delay_impairment = 0;
  if (one_way_ms > 100) {
    const double x = std::log2(one_way_ms / 100);
    delay_impairment = 25 * (sixth_root_of_one_plus_sixth_power(x) -
                             3 * sixth_root_of_one_plus_sixth_power(x / 3) + 2);
  }
  const double loss_impairment = 95 * loss_percent / (loss_percent + 25.1);
  return best_r - delay_impairment - loss_impairment;
}

double mos_of(double r) {
  if (r <= 0) return 1;
  if (r >= 100) return 4.5;
  // The polynomial dips below 1 for R < 6.5; the scale does not.
  return std::max(1.0, 1 + 0.035 * r + 7e-6 * r * (r - 60) * (100 - r));
}

VoiceQuality voice_quality(std::optional<double> rtt_ms, std::optional<double> jitter_ms,
                           double loss_percent) {
  if (!rtt_ms) return {};
  const double r = std::max(0.0, r_factor(*rtt_ms / 2 + 2 * jitter_ms.value_or(0), loss_percent));
  return {r, mos_of(r)};
}

}  // namespace weir::probing
