// SPDX-License-Identifier: Apache-2.0
// Figures of a series of times, each after its definition:
//   percentile  nearest rank, from a log-linear histogram, never outside what was seen
//   deviation   sample standard deviation (n − 1), by Welford's update
//   jitter      RFC 3550 §6.4.1: J += (|D| − J) / 16 over consecutive replies in order of arrival.
//               D is the difference of two round trips (RFC 3550 has one-way transits).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "histogram.hpp"
#include "time.hpp"

namespace weir::probing {

/// Times of one kind. Small while it holds one value: monitors of many targets hold one each.
class Distribution {
 public:
  void add(Nanos value);
  void merge(const Distribution& other);

  [[nodiscard]] std::uint32_t count() const { return count_; }
  /// Absent where there is no value.
  [[nodiscard]] std::optional<double> min_ms() const;
  [[nodiscard]] std::optional<double> max_ms() const;
  [[nodiscard]] std::optional<double> mean_ms() const;
  /// Nearest rank of `percent` in (0, 100], to 0.4 % of itself; exact for a single value.
  [[nodiscard]] std::optional<double> percentile_ms(double percent) const;
  /// Absent before two values.
  [[nodiscard]] std::optional<double> deviation_ms() const;

 private:
  // What there is from the second value on.
  struct Spread {
    double squares = 0;  // sum of squared distances from the mean, ns²
    Nanos min{};
    Nanos max{};
    Histogram histogram;
  };
  [[nodiscard]] Spread& spread();

  std::uint32_t count_ = 0;
  double mean_ = 0;  // ns; of a single value, the value: whole below 2⁵³ ns, which is 104 days
  std::unique_ptr<Spread> spread_;
};

/// RFC 3550 jitter: a running estimate over the life of a target.
class Jitter {
 public:
  /// Gives |D|, in ns; absent for the first.
  std::optional<double> add(Nanos round_trip);
  /// Absent before two replies.
  [[nodiscard]] std::optional<double> milliseconds() const;

 private:
  // Single precision is a millionth of the value, and there is one of these a target.
  float estimate_ns_ = 0;
  float previous_ns_ = 0;
  std::uint8_t replies_ = 0;  // 2: or more
};

}  // namespace weir::probing
