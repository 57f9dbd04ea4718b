// SPDX-License-Identifier: Apache-2.0
// The small parts alone: edges, sizes, backoff, trace.
#include <gmock/gmock.h>

#include <limits>

#include "core/runtime/backoff.hpp"
#include "core/runtime/edge.hpp"
#include "runtime_testing.hpp"

namespace weir::core::runtime {
namespace {

Edge edge_of(std::size_t capacity, bool drop_oldest) {
  return Edge({0, 0, 1, 0, "a.out -> b"}, {capacity, drop_oldest, false});
}

Parcel sized(std::size_t bytes, std::size_t rows = 1) {
  Parcel parcel;
  parcel.bytes = bytes;
  parcel.rows = rows;
  return parcel;
}

TEST(Edge, HoldsUpItsProducerFromItsCapacityOn) {
  Edge edge = edge_of(100, false);
  EXPECT_FALSE(edge.holds_up());
  edge.offer(sized(60), 0, Duration{0});
  EXPECT_FALSE(edge.holds_up());
  edge.offer(sized(40), 1, Duration{0});
  EXPECT_TRUE(edge.holds_up());
  (void)edge.take();
  EXPECT_FALSE(edge.holds_up());
}

TEST(Edge, WhatDoesNotFitWaitsOutside) {
  Edge edge = edge_of(100, false);
  for (std::uint64_t i = 0; i < 3; ++i) edge.offer(sized(60), i, Duration{0});
  EXPECT_EQ(edge.queued_bytes(), 60U);
  EXPECT_EQ(edge.bytes(), 180U);
  EXPECT_EQ(edge.wanted(), 120U);
  edge.grow(120);
  EXPECT_EQ(edge.queued_bytes(), 120U);
  edge.end();
  for (int i = 0; i < 3; ++i) {
    EXPECT_FALSE(edge.exhausted());
    (void)edge.take();
  }
  EXPECT_TRUE(edge.exhausted());
  EXPECT_EQ(edge.peak_bytes(), 120U);
}

TEST(Edge, DropsTheOldestButKeepsTheNewestHoweverLarge) {
  Edge edge = edge_of(100, true);
  EXPECT_EQ(edge.offer(sized(60, 6), 0, Duration{0}), 0U);
  EXPECT_EQ(edge.offer(sized(60, 7), 1, Duration{0}), 6U);
  EXPECT_EQ(edge.offer(sized(500, 8), 2, Duration{0}), 7U);
  EXPECT_FALSE(edge.holds_up());
  EXPECT_EQ(edge.take().rows, 8U);
  EXPECT_EQ(edge.dropped_rows(), 13U);
}

TEST(Edge, CountsWhatComesAfterItsConsumerHasDied) {
  Edge edge = edge_of(100, false);
  edge.discard();
  for (int i = 0; i < 5; ++i) edge.offer(sized(60, 10), 0, Duration{0});
  EXPECT_FALSE(edge.holds_up());
  EXPECT_EQ(edge.discarded_rows(), 50U);
  EXPECT_TRUE(edge.empty());
}

TEST(Parcel, IsMeasuredByItsColumns) {
  const Parcel parcel = make_parcel(numbers(10, 1000));
  EXPECT_EQ(parcel.rows, 1000U);
  EXPECT_EQ(parcel.latest_time, 1009);
  EXPECT_GE(parcel.bytes, 16'000U);
  EXPECT_LT(parcel.bytes, 17'000U);
  BatchBuilder texts("t");
  const auto text = texts.field<std::string>("text");
  texts.row(1).set(text, std::string(5000, 'x'));
  texts.row(2).set(text, std::string(100, 'x'));
  const Batch batch = texts.build();
  EXPECT_GE(memory_of(batch), 5100U);
  EXPECT_LT(memory_of(batch.slice(1, 1)), 1000U);
}

TEST(RetryBackoff, JittersUpToAMinuteAndObeysTheServer) {
  Random random(5);
  RetryBackoff backoff;
  Duration longest{0};
  for (int i = 0; i < 200; ++i) {
    const Duration delay = backoff.next(Duration{0}, random);
    EXPECT_GE(delay, milliseconds{1});
    EXPECT_LE(delay, seconds{60});
    if (i == 0) {
      EXPECT_LE(delay, milliseconds{200});
    }
    longest = std::max(longest, delay);
  }
  EXPECT_GT(longest, seconds{50});
  EXPECT_EQ(backoff.next(seconds{300}, random), seconds{300});
}

TEST(RestartBackoff, DoublesToHalfAMinuteAndForgetsAfterHealth) {
  Random random(5);
  RestartBackoff backoff;
  Duration now{0};
  double expected_ms = 100;
  for (int i = 0; i < 12; ++i) {
    const Duration delay = backoff.next(now, random);
    EXPECT_NEAR(static_cast<double>(delay.count()) / 1e6, expected_ms, expected_ms * 0.26);
    expected_ms = std::min(expected_ms * 2, 30'000.0);
    now += seconds{30};
  }
  EXPECT_LT(backoff.next(now + seconds{61}, random), milliseconds{130});
}

TEST(Trace, SeesEveryDifference) {
  TraceEvent event{"a", CallKind::process, start_time, 5, 0, Outcome::Result::done};
  TraceHash first;
  first.add(event);
  event.rows = 6;
  TraceHash second;
  second.add(event);
  EXPECT_NE(first.value(), second.value());
  EXPECT_EQ(to_text(event), "2027-01-15T08:00:00Z a process done 6 rows in, 0 out");
}

}  // namespace
}  // namespace weir::core::runtime
