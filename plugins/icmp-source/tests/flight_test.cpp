// SPDX-License-Identifier: Apache-2.0
#include "flight.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace weir::icmp_source {
namespace {

constexpr std::uint32_t near_the_end = 0xffffffff - 20;  // numbers wrap inside these tests

Probe probe(Nanos sent_at, std::uint32_t slot) {
  Probe made;
  made.sent_at = sent_at;
  made.slot = slot;
  return made;
}

TEST(FlightTest, FindsByNumberAcrossGrowthAndWrap) {
  Flight flight(near_the_end, false);
  for (std::uint32_t i = 0; i < 1000; ++i) {
    EXPECT_EQ(flight.add(probe(Nanos{i}, i)), near_the_end + i);
  }
  for (std::uint32_t i = 0; i < 1000; ++i) EXPECT_EQ(flight.find(near_the_end + i)->slot, i);
  EXPECT_EQ(flight.find(near_the_end - 1), nullptr);
  EXPECT_EQ(flight.find(near_the_end + 1000), nullptr);
}

TEST(FlightTest, FindsTheYoungestOfASequence) {
  std::uint32_t number = 0;
  Flight flight(5, false);
  for (std::uint32_t i = 0; i < 70'000; ++i) flight.add(probe(Nanos{}, i));
  EXPECT_EQ(flight.find_by_sequence(5, number)->slot, 65'536U)
      << "5 and 65 541 end in the same 16 bits";
  EXPECT_EQ(flight.find_by_sequence(static_cast<std::uint16_t>(5 + 69'999), number)->slot, 69'999U);
  Flight few(100, false);
  few.add(probe(Nanos{}, 0));
  EXPECT_EQ(few.find_by_sequence(99, number), nullptr);
  EXPECT_NE(few.find_by_sequence(100, number), nullptr);
  EXPECT_EQ(Flight(3, false).find_by_sequence(2, number), nullptr) << "nothing was sent";
}

TEST(FlightTest, DecidesEachOnceInTheOrderOfSending) {
  Flight flight(near_the_end, false);
  for (std::uint32_t i = 0; i < 3000; ++i) flight.add(probe(Nanos{i}, i));
  flight.find(near_the_end + 3)->state = ProbeState::received;
  flight.find(near_the_end + 4)->state = ProbeState::refused;
  flight.find(near_the_end + 8)->state = ProbeState::refused;
  std::vector<std::uint32_t> lost, decided;
  const auto note = [&](const Probe& given) {
    decided.push_back(given.slot);
    if (given.state == ProbeState::lost) lost.push_back(given.slot);
  };
  flight.decide(Nanos{5}, note);
  EXPECT_EQ(lost, (std::vector<std::uint32_t>{0, 1, 2, 5}));
  EXPECT_EQ(decided, (std::vector<std::uint32_t>{0, 1, 2, 3, 4, 5}));
  EXPECT_EQ(flight.oldest_pending(), Nanos{6});
  std::vector<std::uint32_t> forgotten;
  const auto forget = [&](std::uint32_t number, const Probe& given) {
    EXPECT_EQ(number, near_the_end + given.slot);
    forgotten.push_back(given.slot);
  };
  flight.forget(Nanos{5}, forget);
  EXPECT_EQ(forgotten, (std::vector<std::uint32_t>{0, 1, 2, 3, 4}));
  EXPECT_EQ(flight.find(near_the_end + 4), nullptr);
  flight.forget(Nanos{10'000}, forget);
  EXPECT_EQ(flight.size(), 2994U) << "pending probes are never forgotten";
  flight.decide(Nanos::max(), note);
  EXPECT_EQ(decided.size(), 3000U);
  EXPECT_EQ(flight.oldest_pending(), Nanos::max());
  flight.forget(Nanos{10'000}, forget);
  EXPECT_EQ(flight.size(), 0U);
  EXPECT_EQ(flight.add(probe(Nanos{}, 7)), near_the_end + 3000);
}

TEST(FlightTest, DetailsBeginEmptyAlsoInMemoryThatWasUsed) {
  Flight flight(0, true);
  for (std::uint32_t round = 0; round < 5; ++round) {
    for (std::uint32_t i = 0; i < 1500; ++i) {
      const std::uint32_t number = flight.add(probe(Nanos{round}, i));
      EXPECT_EQ(flight.detail(number)->duplicates, 0);
      flight.detail(number)->duplicates = 9;
      flight.find(number)->state = ProbeState::received;
    }
    flight.decide(Nanos::max(), [](const Probe&) {});
    flight.forget(Nanos{round + 1}, [](std::uint32_t, const Probe&) {});
  }
  EXPECT_EQ(Flight(0, false).detail(0), nullptr);
}

}  // namespace
}  // namespace weir::icmp_source
