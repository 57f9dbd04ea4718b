// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <weir/pattern.hpp>

namespace weir {
namespace {

TEST(Matches, KnowsStars) {
  EXPECT_TRUE(matches("*", ""));
  EXPECT_TRUE(matches("ping.rtt_avg_ms*", "ping.rtt_avg_ms[1.1.1.1]"));
  EXPECT_TRUE(matches("*.v*[*]", "a.vb[c]"));
  EXPECT_TRUE(matches("a*ab", "aaab"));
  EXPECT_FALSE(matches("eth1", "eth10"));
  EXPECT_FALSE(matches("a*b", "abc"));
  EXPECT_FALSE(matches("", "a"));
}

TEST(Matches, AnyOfSeveral) {
  EXPECT_TRUE(matches_any({"x", "y*"}, "yz"));
  EXPECT_FALSE(matches_any({}, "yz"));
}

}  // namespace
}  // namespace weir
