// SPDX-License-Identifier: Apache-2.0
#include "watermarks.hpp"

#include <gtest/gtest.h>

namespace weir::watermarks {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::int64_t second = 1'000'000'000;
constexpr Timestamp now{minutes(100)};
constexpr std::int64_t now_ns = now.time_since_epoch().count();

void hear(Watermarks& marks, std::size_t input, std::int64_t time, Timestamp at = now) {
  marks.heard(input, std::span(&time, 1), at);
}

TEST(Watermarks, TheLeastOfTheNewestOfEach) {
  Watermarks marks(2, {}, now);
  hear(marks, 0, now_ns);
  EXPECT_EQ(marks.passed(now).until, std::numeric_limits<std::int64_t>::min())
      << "the other has said nothing yet";
  hear(marks, 1, now_ns - 3 * second);
  hear(marks, 1, now_ns - 5 * second);
  EXPECT_EQ(marks.passed(now).until, now_ns - 3 * second) << "an older row does not set it back";
  EXPECT_EQ(marks.passed(now).wake, now + seconds(5));
}

TEST(Watermarks, LatenessHoldsThemBack) {
  Watermarks marks(1, {.lateness = seconds(7)}, now);
  hear(marks, 0, now_ns);
  EXPECT_EQ(marks.passed(now).until, now_ns - 7 * second);
}

TEST(Watermarks, AnEndedInputNoLongerCounts) {
  Watermarks marks(2, {}, now);
  hear(marks, 0, now_ns);
  marks.ended(1);
  EXPECT_EQ(marks.passed(now).until, now_ns);
  EXPECT_FALSE(marks.passed(now).all);
  marks.ended(0);
  EXPECT_TRUE(marks.passed(now).all);
  EXPECT_FALSE(marks.passed(now).until);
}

TEST(Watermarks, LiveAnIdleInputStopsHoldingTheOthers) {
  Watermarks marks(2, {.idle_timeout = seconds(3)}, now);
  hear(marks, 0, now_ns + 2 * second, now + seconds(2));
  EXPECT_EQ(marks.passed(now + seconds(2)).wake, now + seconds(3)) << "when the silent one is idle";
  EXPECT_EQ(marks.passed(now + seconds(3)).until, now_ns + 2 * second);
  EXPECT_EQ(marks.passed(now + seconds(9)).until, now_ns + 2 * second) << "all are idle";
  EXPECT_FALSE(marks.passed(now + seconds(9)).wake);
}

TEST(Watermarks, ASlowReplayIsNeverIdle) {
  Watermarks marks(2, {.idle_timeout = seconds(3)}, now);
  hear(marks, 0, 0);
  const Passed passed = marks.passed(now + minutes(10));
  EXPECT_EQ(passed.until, std::numeric_limits<std::int64_t>::min());
  EXPECT_FALSE(passed.wake);
}

TEST(Names, OfInputsAndSteps) {
  EXPECT_EQ(input_name({"ping", "out"}), "ping");
  EXPECT_EQ(input_name({"lstm", "forecast"}), "lstm.forecast");
  EXPECT_EQ(floor_to(-1, 10), -10);
  EXPECT_EQ(floor_to(-10, 10), -10);
  EXPECT_EQ(floor_to(19, 10), 10);
}

}  // namespace
}  // namespace weir::watermarks
