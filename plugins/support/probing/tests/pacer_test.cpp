// SPDX-License-Identifier: Apache-2.0
#include "pacer.hpp"

#include <gtest/gtest.h>

namespace weir::probing {
namespace {

TEST(PacerTest, EveryTargetHasItsSliceOfEveryRound) {
  constexpr std::size_t targets = 50;
  constexpr std::uint32_t rounds = 4;
  Pacer pacer(targets, rounds, 42);
  EXPECT_TRUE(pacer.done());
  pacer.begin(std::chrono::seconds(100), std::chrono::seconds(1));
  Nanos last{};
  for (std::size_t i = 0; i < targets * rounds; ++i) {
    ASSERT_FALSE(pacer.done());
    EXPECT_EQ(pacer.target(), i % targets);
    const Nanos slice = std::chrono::milliseconds(5);
    const Nanos begin = std::chrono::seconds(100) + slice * i;
    EXPECT_GE(pacer.due() + Nanos{100}, begin) << i;
    EXPECT_LE(pacer.due(), begin + slice + Nanos{100}) << i;
    EXPECT_GE(pacer.due(), last);
    last = pacer.due();
    pacer.advance();
  }
  EXPECT_TRUE(pacer.done());
}

TEST(PacerTest, SameSeedSamePhases) {
  const auto first_due = [](std::uint64_t seed) {
    Pacer pacer(1, 1, seed);
    pacer.begin(Nanos{}, std::chrono::seconds(1));
    return pacer.due();
  };
  EXPECT_EQ(first_due(1), first_due(1));
  EXPECT_NE(first_due(1), first_due(2));
}

}  // namespace
}  // namespace weir::probing
