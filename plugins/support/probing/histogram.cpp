// SPDX-License-Identifier: Apache-2.0
#include "histogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace weir::probing {
namespace {

constexpr int bits = Histogram::sub_bucket_bits;
constexpr std::uint64_t sub_buckets = 1U << bits;

}  // namespace

// Values below 2^7 have a bucket each; above, the seven bits behind the leading one count.
std::uint16_t Histogram::bucket_of(Nanos value) {
  const auto number = static_cast<std::uint64_t>(std::max<std::int64_t>(value.count(), 0));
  if (number < sub_buckets) return static_cast<std::uint16_t>(number);
  const int shift = std::bit_width(number) - 1 - bits;
  return static_cast<std::uint16_t>((static_cast<std::uint64_t>(shift) << bits) +
                                    (number >> shift));
}

Nanos Histogram::lowest_of(std::uint16_t bucket) {
  if (bucket < 2 * sub_buckets) return Nanos{bucket};
  const auto shift = static_cast<unsigned>(bucket >> bits) - 1;
  const std::uint64_t mantissa = sub_buckets + (bucket & (sub_buckets - 1));
  return Nanos{static_cast<std::int64_t>(mantissa << shift)};
}

Nanos Histogram::middle_of(std::uint16_t bucket) {
  if (bucket < 2 * sub_buckets) return Nanos{bucket};
  const auto shift = static_cast<unsigned>(bucket >> bits) - 1;
  return lowest_of(bucket) + Nanos{(std::int64_t{1} << shift) / 2};
}

void Histogram::add_to(std::uint16_t index, std::uint32_t times) {
  const auto at = std::lower_bound(
      buckets_.begin(), buckets_.end(), index,
      [](const Bucket& bucket, std::uint16_t wanted) { return bucket.index < wanted; });
  if (at != buckets_.end() && at->index == index) {
    at->count += times;
  } else {
    buckets_.insert(at, {index, times});
  }
  count_ += times;
}

void Histogram::add(Nanos value, std::uint32_t times) { add_to(bucket_of(value), times); }

void Histogram::merge(const Histogram& other) {
  for (const Bucket& bucket : other.buckets_) add_to(bucket.index, bucket.count);
}

Nanos Histogram::percentile(double percent) const {
  // Divided last: 0.95 · 20 is 19.000000000000004 in binary and would round up one rank too far.
  const double exact = std::ceil(percent * static_cast<double>(count_) / 100);
  const std::uint64_t rank =
      std::clamp<std::uint64_t>(static_cast<std::uint64_t>(exact), 1, count_);
  std::uint64_t passed = 0;
  for (const Bucket& bucket : buckets_) {
    passed += bucket.count;
    if (passed >= rank) return middle_of(bucket.index);
  }
  return {};
}

}  // namespace weir::probing
