// SPDX-License-Identifier: Apache-2.0
#include "core/runtime/clock.hpp"

#include <algorithm>
#include <chrono>

namespace weir::core::runtime {

Timestamp SystemClock::now() const {
  return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
}

Duration SystemClock::monotonic() const {
  return std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch());
}

void VirtualClock::advance_to(Duration monotonic) {
  elapsed_.store(std::max(elapsed_.load(), monotonic.count()));
}

}  // namespace weir::core::runtime
