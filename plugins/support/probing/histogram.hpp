// SPDX-License-Identifier: Apache-2.0
// A mergeable histogram of times, after the log-linear idea of HdrHistogram: each octave is cut
// into 128 buckets of one width, so a value is known to within 1/256 of itself at any size. Merging
// two is adding their counts: percentiles of an hour come from its seconds without keeping a
// sample.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "time.hpp"

namespace weir::probing {

class Histogram {
 public:
  static constexpr int sub_bucket_bits = 7;

  /// Negative times count as zero.
  void add(Nanos value, std::uint32_t times = 1);
  void merge(const Histogram& other);
  [[nodiscard]] std::uint64_t count() const { return count_; }

  /// Nearest rank: the middle of the bucket of the smallest value that at least `percent` % of all
  /// do not exceed. `percent` in (0, 100]; there must be a value.
  [[nodiscard]] Nanos percentile(double percent) const;

  /// The bucket of a value and the values that share it, for tests and for those who draw it.
  [[nodiscard]] static std::uint16_t bucket_of(Nanos value);
  [[nodiscard]] static Nanos lowest_of(std::uint16_t bucket);
  [[nodiscard]] static Nanos middle_of(std::uint16_t bucket);

 private:
  // Round trips of one target lie in a few buckets, so only those are kept, ascending.
  struct Bucket {
    std::uint16_t index;
    std::uint32_t count;
  };
  void add_to(std::uint16_t index, std::uint32_t times);

  std::vector<Bucket> buckets_;
  std::uint64_t count_ = 0;
};

}  // namespace weir::probing
