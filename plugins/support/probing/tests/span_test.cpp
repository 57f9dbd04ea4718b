// SPDX-License-Identifier: Apache-2.0
#include "span.hpp"

#include <gtest/gtest.h>

namespace weir::probing {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Nanos step = seconds(10);

TEST(SpanTest, FirstOneContainsNowAndIsAligned) {
  const Span span = first_span({.monotonic = seconds(3), .utc = seconds(1'000'007)}, step);
  EXPECT_EQ(span.label, seconds(1'000'000));
  EXPECT_EQ(span.start, seconds(-4));
  EXPECT_EQ(span.end(), seconds(6));
}

TEST(SpanTest, TimesBefore1970AlignDownwards) {
  EXPECT_EQ(first_span({.monotonic = {}, .utc = seconds(-3)}, step).label, seconds(-10));
}

TEST(SpanTest, SteadyClocksGiveSteadySpans) {
  Span span = first_span({.monotonic = seconds(3), .utc = seconds(1'000'007)}, step);
  for (int i = 1; i < 100; ++i) {
    const Nanos late = milliseconds(i);  // the caller wakes up late; the spans do not move
    span = next_span(span, {.monotonic = span.end() + late, .utc = span.label + step + late}, step);
    EXPECT_EQ(span.label, seconds(1'000'000) + step * i);
    EXPECT_EQ(span.length, step);
  }
}

TEST(SpanTest, ASteeredClockStretchesByMicroseconds) {
  const Span first = first_span({.monotonic = {}, .utc = seconds(100)}, step);
  // UTC has gained 2 ms over the ten seconds: the next interval is 2 ms shorter and ends in step.
  const Span next =
      next_span(first, {.monotonic = seconds(10), .utc = seconds(110) + milliseconds(2)}, step);
  EXPECT_EQ(next.label, seconds(110));
  EXPECT_EQ(next.length, step - milliseconds(2));
  const Span after = next_span(next, {.monotonic = next.end(), .utc = seconds(120)}, step);
  EXPECT_EQ(after.label, seconds(120));
  EXPECT_EQ(after.length, step);
}

TEST(SpanTest, AClockThatJumpsIsFollowedWithinHalfAStep) {
  const Span first = first_span({.monotonic = {}, .utc = seconds(100)}, step);
  for (const int jump : {-3604, -57, -4, 4, 57, 3604}) {
    const Nanos utc = seconds(110 + jump);
    const Span next = next_span(first, {.monotonic = seconds(10), .utc = utc}, step);
    EXPECT_EQ(next.label % step, Nanos{}) << jump;
    EXPECT_EQ(next.start, seconds(10)) << "no gap on the monotonic clock";
    EXPECT_GE(next.length, step / 2) << jump;
    EXPECT_LE(next.length, step * 3 / 2) << jump;
    EXPECT_EQ(utc + next.length, next.label + step) << "it ends in step again";
  }
}

}  // namespace
}  // namespace weir::probing
