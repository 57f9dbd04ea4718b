// SPDX-License-Identifier: Apache-2.0
#pragma once
/// How long to wait before a call is made again.

#include <cstdint>
#include <random>

#include "weir/units.hpp"

namespace weir::core::runtime {

using Random = std::mt19937_64;

/// Retries of a passing trouble, without end: full jitter up to 60 s, so that a thousand agents do
/// not come back at the same moment (Brooker, "Exponential Backoff and Jitter", 2015).
class RetryBackoff {
 public:
  /// `asked` > 0 is what the other side wants and is obeyed.
  [[nodiscard]] Duration next(Duration asked, Random& random);
  [[nodiscard]] std::uint64_t count() const { return count_; }
  void reset() { count_ = 0; }

 private:
  std::uint64_t count_ = 0;
};

/// Restarts after a failure: 100 ms doubling to 30 s, ±25 %; after 60 s of health from the start.
class RestartBackoff {
 public:
  [[nodiscard]] Duration next(Duration now, Random& random);

 private:
  int level_ = 0;
  Duration last_{Duration::min() / 2};
};

}  // namespace weir::core::runtime
