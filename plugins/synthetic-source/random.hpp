// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Random numbers that are the same bytes on every platform. The standard library's distributions
/// and libm's functions are not, so there is only integer arithmetic, +, - and * here.

#include <cstdint>

namespace weir::synthetic_source {

/// SplitMix64 (Steele, Lea and Flood, OOPSLA 2014): a counter and a mixing function.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  /// A stream of its own for each number: what one draws does not shift another.
  [[nodiscard]] static Random stream(std::uint64_t seed, std::uint64_t number) {
    Random mixer(seed);
    return Random(mixer.bits() ^ Random(number).bits());
  }

  [[nodiscard]] std::uint64_t bits() {
    state_ += 0x9E3779B97F4A7C15U;
    std::uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30U)) * 0xBF58476D1CE4E5B9U;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94D049BB133111EBU;
    return mixed ^ (mixed >> 31U);
  }
  /// In [0, 1), in steps of 2^-53.
  [[nodiscard]] double uniform() { return static_cast<double>(bits() >> 11U) * 0x1p-53; }
  /// Mean 0, standard deviation 1, within ±6: the sum of twelve uniform numbers.
  [[nodiscard]] double normal() {
    double sum = -6;
    for (int i = 0; i < 12; ++i) sum += uniform();
    return sum;
  }

 private:
  std::uint64_t state_;
};

}  // namespace weir::synthetic_source
