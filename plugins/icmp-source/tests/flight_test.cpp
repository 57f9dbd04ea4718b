// SPDX-License-Identifier: Apache-2.0
#include "flight.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "pacer.hpp"

namespace weir::icmp_source {
namespace {

constexpr std::uint32_t near_the_end = 0xffffffff - 20;  // numbers wrap inside these tests

TEST(FlightTest, FindsByNumberAcrossGrowthAndWrap) {
  Flight flight(near_the_end);
  for (std::uint32_t i = 0; i < 1000; ++i) {
    EXPECT_EQ(flight.add({.sent_at = Nanos{i}, .target = i}), near_the_end + i);
  }
  for (std::uint32_t i = 0; i < 1000; ++i) EXPECT_EQ(flight.find(near_the_end + i)->target, i);
  EXPECT_EQ(flight.find(near_the_end - 1), nullptr);
  EXPECT_EQ(flight.find(near_the_end + 1000), nullptr);
}

TEST(FlightTest, FindsTheYoungestOfASequence) {
  Flight flight(5);
  for (std::uint32_t i = 0; i < 70'000; ++i) flight.add({.target = i});
  EXPECT_EQ(flight.find_by_sequence(5)->target, 65'536U) << "5 and 65 541 end in the same 16 bits";
  EXPECT_EQ(flight.find_by_sequence(static_cast<std::uint16_t>(5 + 69'999))->target, 69'999U);
  Flight few(100);
  few.add({});
  EXPECT_EQ(few.find_by_sequence(99), nullptr);
  EXPECT_NE(few.find_by_sequence(100), nullptr);
  EXPECT_EQ(Flight(3).find_by_sequence(2), nullptr) << "nothing was sent";
}

TEST(FlightTest, ExpiresInOrderAndOnlyThePending) {
  Flight flight(near_the_end);
  for (std::uint32_t i = 0; i < 100; ++i) flight.add({.sent_at = Nanos{i}, .target = i});
  flight.find(near_the_end + 3)->state = ProbeState::answered;
  std::vector<std::uint32_t> lost;
  flight.expire(Nanos{5}, [&](const Probe& probe) { lost.push_back(probe.target); });
  EXPECT_EQ(lost, (std::vector<std::uint32_t>{0, 1, 2, 4, 5}));
  EXPECT_EQ(flight.oldest_pending(), Nanos{6});
  flight.forget(Nanos{5});
  EXPECT_EQ(flight.size(), 95U);
  EXPECT_EQ(flight.find(near_the_end + 4), nullptr);
  flight.forget(Nanos{1000});
  EXPECT_EQ(flight.size(), 94U) << "pending probes are never forgotten";
  flight.expire(Nanos::max(), [](const Probe&) {});
  EXPECT_EQ(flight.oldest_pending(), Nanos::max());
}

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
}  // namespace weir::icmp_source
