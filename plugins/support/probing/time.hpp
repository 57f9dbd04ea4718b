// SPDX-License-Identifier: Apache-2.0
// Times of a probe. All differences are taken on the monotonic clock; UTC only gives rows their
// time.
#pragma once

#include <chrono>

namespace weir::probing {

using Nanos = std::chrono::nanoseconds;

/// Both clocks at one moment.
struct Instant {
  Nanos monotonic{};
  Nanos utc{};  ///< since 1970
};

[[nodiscard]] constexpr double to_ms(Nanos time) { return static_cast<double>(time.count()) / 1e6; }

}  // namespace weir::probing
