// SPDX-License-Identifier: Apache-2.0
#include "row_pace.hpp"

#include <gtest/gtest.h>

namespace weir::icmp_source {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(RowPace, SpreadsPiecesEvenlyUpToTheirTime) {
  RowPace pace(500);
  Nanos now = seconds(100);
  WaitingRows waiting{.rows = 200'000, .leave_by = now + milliseconds(750)};
  std::size_t most_at_once = 0;
  for (; waiting.rows > 0; now += milliseconds(10)) {
    std::size_t at_once = 0;
    for (; waiting.rows > 0 && pace.due(now); ++at_once) {
      waiting.rows -= 500;
      pace.left(now, waiting);
    }
    most_at_once = std::max(most_at_once, at_once);
  }
  EXPECT_LE(now, seconds(100) + milliseconds(770));
  EXPECT_LE(most_at_once, 8U) << "400 pieces in 75 looks are 5 or 6 a look";
}

TEST(RowPace, FewRowsLeaveAtOnce) {
  RowPace pace(500);
  EXPECT_TRUE(pace.due(seconds(1)));
  pace.left(seconds(1), {});
  EXPECT_TRUE(pace.due(seconds(1))) << "the next interval's, whenever they come";
  pace.left(seconds(1), {.rows = 100, .leave_by = seconds(3000)});
  EXPECT_EQ(pace.next(), seconds(1) + milliseconds(20)) << "long intervals do not make rows late";
}

TEST(RowPace, WhatIsOverdueLeavesAtOnce) {
  RowPace pace(500);
  pace.left(seconds(1), {.rows = 5000, .leave_by = seconds(1)});
  EXPECT_TRUE(pace.due(seconds(1)));
}

TEST(RowPace, AStandstillIsNotCaughtUpInOneBurst) {
  RowPace pace(500);
  pace.left(seconds(1), {.rows = 1'000'000, .leave_by = seconds(1000)});
  const Nanos later = seconds(10);
  int at_once = 0;
  while (pace.due(later)) {
    pace.left(later, {.rows = 900'000, .leave_by = seconds(1000)});
    ++at_once;
  }
  EXPECT_LE(at_once, 3);
}

}  // namespace
}  // namespace weir::icmp_source
