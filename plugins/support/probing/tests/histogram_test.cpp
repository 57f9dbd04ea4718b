// SPDX-License-Identifier: Apache-2.0
#include "histogram.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

namespace weir::probing {
namespace {

TEST(HistogramTest, BucketsCoverEveryTimeWithoutGap) {
  std::uint16_t last = 0;
  for (std::int64_t value = 0; value < 100'000; ++value) {
    const std::uint16_t bucket = Histogram::bucket_of(Nanos{value});
    ASSERT_TRUE(bucket == last || bucket == last + 1) << value;
    if (bucket != last) {
      ASSERT_EQ(Histogram::lowest_of(bucket), Nanos{value});
    }
    last = bucket;
  }
  EXPECT_EQ(Histogram::bucket_of(Nanos{-5}), 0);
  EXPECT_GT(Histogram::bucket_of(Nanos::max()), last);
}

TEST(HistogramTest, TheMiddleIsWithinA256thOfTheValue) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 100'000; ++i) {
    const auto value = static_cast<std::int64_t>(random() >> (1 + random() % 60));
    const auto middle = Histogram::middle_of(Histogram::bucket_of(Nanos{value})).count();
    ASSERT_LE(std::abs(static_cast<double>(middle - value)), static_cast<double>(value) / 256)
        << value;
  }
}

TEST(HistogramTest, PercentilesAreNearestRankToTheBucket) {
  std::mt19937_64 random(7);
  for (std::size_t size = 1; size <= 300; size += 7) {
    std::vector<Nanos> values(size);
    Histogram histogram;
    for (Nanos& value : values) {
      value = Nanos{random() % 50'000'000};
      histogram.add(value);
    }
    std::sort(values.begin(), values.end());
    for (const int percent : {1, 50, 95, 99, 100}) {
      const std::size_t rank = (size * static_cast<std::size_t>(percent) + 99) / 100;
      EXPECT_EQ(
          histogram.percentile(percent),
          Histogram::middle_of(Histogram::bucket_of(values[std::max<std::size_t>(rank, 1) - 1])))
          << size << " " << percent;
    }
  }
}

TEST(HistogramTest, MergingIsAddingUp) {
  Histogram whole, left, right;
  for (int i = 0; i < 1000; ++i) {
    const Nanos value{i * i * 97};
    whole.add(value);
    (i % 3 == 0 ? left : right).add(value);
  }
  left.merge(right);
  EXPECT_EQ(left.count(), whole.count());
  for (double percent = 1; percent <= 100; ++percent)
    EXPECT_EQ(left.percentile(percent), whole.percentile(percent));
}

}  // namespace
}  // namespace weir::probing
