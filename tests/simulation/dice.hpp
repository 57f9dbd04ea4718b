// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Luck that a seed decides.

#include <cstdint>
#include <random>

namespace weir::simulation {

/// std::uniform_… may differ between libraries; a seed must mean the same everywhere.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}
  std::int64_t below(std::int64_t count) {
    return static_cast<std::int64_t>(engine_() % static_cast<std::uint64_t>(count));
  }
  std::int64_t between(std::int64_t least, std::int64_t most) {
    return least + below(most - least + 1);
  }
  bool chance(double share) { return static_cast<double>(engine_() >> 11U) * 0x1p-53 < share; }
  double up_to(double most) { return most * static_cast<double>(engine_() >> 11U) * 0x1p-53; }

 private:
  std::mt19937_64 engine_;
};

}  // namespace weir::simulation
