// SPDX-License-Identifier: Apache-2.0
#include "core/testpath/timetable.hpp"

#include <gtest/gtest.h>

#include <string>

namespace weir::core::testpath {
namespace {

using namespace std::chrono_literals;

TEST(Timetable, GivesWhatIsDueInOrder) {
  Timetable<std::string> table;
  EXPECT_FALSE(table.next_due());
  EXPECT_FALSE(table.take(1s));
  table.put(30ms, "c");
  table.put(10ms, "a");
  table.put(20ms, "b");
  EXPECT_EQ(table.next_due(), 10ms);
  EXPECT_FALSE(table.take(9ms));
  EXPECT_EQ(table.take(10ms), "a");
  EXPECT_EQ(table.take(1s), "b");
  EXPECT_EQ(table.take(1s), "c");
  EXPECT_EQ(table.size(), 0U);
}

TEST(Timetable, WhatIsDueTogetherLeavesAsItCame) {
  Timetable<int> table;
  for (int i = 0; i < 100; ++i) table.put(5ms, i);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(table.take(5ms), i);
}

}  // namespace
}  // namespace weir::core::testpath
