// SPDX-License-Identifier: Apache-2.0
#include "timing_wheel.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace weir::probing {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

std::vector<std::uint32_t> taken(TimingWheel& wheel, Nanos now) {
  std::vector<std::uint32_t> due;
  wheel.advance(now, [&](std::uint32_t timer) { due.push_back(timer); });
  std::sort(due.begin(), due.end());
  return due;
}

TEST(TimingWheelTest, TimersOfOneTickGoTogetherAndNeverTooEarly) {
  TimingWheel wheel(4, milliseconds(10));
  EXPECT_EQ(wheel.next(), Nanos::max());
  static_cast<void>(taken(wheel, seconds(5)));
  wheel.set(0, seconds(5) + milliseconds(11));
  wheel.set(1, seconds(5) + milliseconds(19));
  wheel.set(2, seconds(5) + milliseconds(20));
  wheel.set(3, seconds(5) + milliseconds(21));
  EXPECT_EQ(wheel.next(), seconds(5) + milliseconds(20));
  EXPECT_TRUE(taken(wheel, seconds(5) + milliseconds(19)).empty());
  EXPECT_EQ(taken(wheel, seconds(5) + milliseconds(20)), (std::vector<std::uint32_t>{0, 1, 2}));
  EXPECT_EQ(wheel.next(), seconds(5) + milliseconds(30));
  wheel.clear(3);
  EXPECT_EQ(wheel.next(), Nanos::max());
}

TEST(TimingWheelTest, WhatIsOverdueComesInTheNextTick) {
  TimingWheel wheel(1, milliseconds(1));
  static_cast<void>(taken(wheel, seconds(1)));
  wheel.set(0, milliseconds(3));
  EXPECT_EQ(wheel.next(), seconds(1) + milliseconds(1));
  EXPECT_EQ(taken(wheel, seconds(1) + milliseconds(1)), (std::vector<std::uint32_t>{0}));
}

TEST(TimingWheelTest, ASleepOfManyTurnsLosesNoTimer) {
  TimingWheel wheel(3, milliseconds(1));
  static_cast<void>(taken(wheel, Nanos{}));
  wheel.set(0, milliseconds(100));
  wheel.set(1, seconds(2));
  wheel.set(2, seconds(7200));
  EXPECT_EQ(taken(wheel, seconds(3600)), (std::vector<std::uint32_t>{0, 1}));
  EXPECT_EQ(taken(wheel, seconds(7200)), (std::vector<std::uint32_t>{2}));
}

// Against the plain way: look at all timers each time.
TEST(TimingWheelTest, AgreesWithAPlainList) {
  std::mt19937_64 random(11);
  constexpr std::size_t count = 50;
  const Nanos tick = milliseconds(2);
  TimingWheel wheel(count, tick);
  Nanos now = seconds(9);
  static_cast<void>(taken(wheel, now));
  std::vector<Nanos> due(count, Nanos::max());
  for (int step = 0; step < 20'000; ++step) {
    const auto timer = static_cast<std::uint32_t>(random() % count);
    if (random() % 5 == 0) {
      wheel.clear(timer);
      due[timer] = Nanos::max();
    } else {
      const Nanos time = now + Nanos{random() % 3'000'000'000};
      wheel.set(timer, time);
      due[timer] = std::max((time + tick - Nanos{1}) / tick * tick, now / tick * tick + tick);
    }
    if (random() % 3 != 0) continue;
    const Nanos first = *std::min_element(due.begin(), due.end());
    ASSERT_LE(wheel.next(), first);
    now += Nanos{random() % 20'000'000};
    std::vector<std::uint32_t> expected;
    for (std::uint32_t i = 0; i < count; ++i) {
      if (due[i] > now) continue;
      expected.push_back(i);
      due[i] = Nanos::max();
    }
    ASSERT_EQ(taken(wheel, now), expected) << step;
  }
}

TEST(TimingWheelTest, ATimerMaySetItselfAgain) {
  TimingWheel wheel(1, milliseconds(1));
  int calls = 0;
  wheel.set(0, seconds(1));
  for (Nanos now = seconds(1); now < seconds(2); now += milliseconds(1)) {
    wheel.advance(now, [&](std::uint32_t timer) {
      ++calls;
      wheel.set(timer, now + milliseconds(100));
    });
  }
  EXPECT_EQ(calls, 10);
}

}  // namespace
}  // namespace weir::probing
