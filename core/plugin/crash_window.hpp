// SPDX-License-Identifier: Apache-2.0
#pragma once
/// When a node whose process crashes is no longer started again.

#include <array>
#include <cstddef>

#include "weir/units.hpp"

namespace weir::core {

class CrashWindow {
 public:
  static constexpr std::size_t most = 3;
  static constexpr Duration length = std::chrono::minutes{1};

  /// Notes a crash. True: it is the third within a minute, so the node is to be quarantined. Times
  /// are monotonic.
  [[nodiscard]] bool add(Duration now) {
    const Duration oldest = crashes_[next_];
    crashes_[next_] = now;
    next_ = (next_ + 1) % crashes_.size();
    return oldest != never && now - oldest <= length;
  }

 private:
  static constexpr Duration never = Duration::min();
  // The two before this one.
  std::array<Duration, most - 1> crashes_{never, never};
  std::size_t next_ = 0;
};

}  // namespace weir::core
