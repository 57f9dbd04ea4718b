// SPDX-License-Identifier: Apache-2.0
#pragma once
/// One simulated series: rhythm, trend, noise, bursts and outages, step by step. Pure, and the same
/// bytes on every platform (see random.hpp).

#include <cstdint>
#include <optional>

#include "random.hpp"

namespace weir::synthetic_source {

/// sin(2·pi·turns), within 2e-7, from additions and multiplications alone.
[[nodiscard]] double sine(double turns);

struct Shape {
  double level = 50;              ///< mean of the series
  double daily_amplitude = 0.5;   ///< part of the level; the peak is at 14:00 UTC
  double weekly_amplitude = 0.2;  ///< part of the level; the peak is on Wednesday
  double trend = 0;               ///< part of the level, per day
  double noise = 0.05;            ///< standard deviation, part of the level
  double noise_memory = 0.8;      ///< autocorrelation of the noise from one step to the next
  double burst_rate = 4;     ///< mean number a day; up to three times the level, 1 to 20 minutes
  double outage_rate = 0.5;  ///< mean number a day; half a minute to 10 minutes
};

class Signal {
 public:
  /// `step` in ns. Series with another number differ in size (factor 0.5 to 1.5), phase (up to an
  /// hour) and chance; number 0 has the shape exactly.
  Signal(const Shape& shape, std::uint64_t seed, std::uint64_t number, std::int64_t start,
         std::int64_t step);

  /// The value of the next step, never negative, three decimals; nullopt in an outage.
  [[nodiscard]] std::optional<double> next();

 private:
  [[nodiscard]] double rhythm() const;
  [[nodiscard]] double burst();
  [[nodiscard]] bool outage();
  [[nodiscard]] std::int64_t steps_between(std::int64_t shortest, std::int64_t longest);

  Shape shape_;
  Random random_;
  std::int64_t start_;
  std::int64_t step_;
  std::int64_t time_;
  std::int64_t phase_ = 0;  // ns
  double noise_ = 0;
  double fresh_noise_;           // share of new chance in the noise
  std::int64_t burst_left_ = 0;  // steps
  std::int64_t burst_steps_ = 0;
  double burst_height_ = 0;
  std::int64_t outage_left_ = 0;
};

/// To three decimals, as a counter or a clock of a real device would give.
[[nodiscard]] double rounded(double value);

}  // namespace weir::synthetic_source
