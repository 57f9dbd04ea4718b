// SPDX-License-Identifier: Apache-2.0
#include "cadence.hpp"

#include <gtest/gtest.h>

#include <map>
#include <utility>

namespace weir::probing {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Nanos boot = seconds(1'000'000);  // UTC ahead of the monotonic clock

Instant at(Nanos monotonic) { return {.monotonic = monotonic, .utc = boot + monotonic}; }

using Probes = std::map<std::pair<Nanos, std::uint32_t>, int>;  // by label and target

TEST(Cadence, EachTargetIsProbedOnceAnInterval) {
  Cadence cadence(3, seconds(1), 1, 5, at(seconds(10)));
  Probes probes;
  for (Nanos now = seconds(10); now < seconds(15); now = cadence.next()) {
    cadence.advance(at(now), [&](std::uint32_t target, Nanos label, bool last) {
      EXPECT_TRUE(last);
      ++probes[{label, target}];
      EXPECT_GE(boot + now, label);
      EXPECT_LT(boot + now, label + seconds(1));
    });
    ASSERT_GT(cadence.next(), now) << "it makes progress";
  }
  EXPECT_EQ(probes.size(), 15U);
  for (const auto& [probe, times] : probes) EXPECT_EQ(times, 1);
}

TEST(Cadence, WhatIsLeftOfTheFirstIntervalHasAProbeOfEach) {
  const Nanos start = milliseconds(10'900);
  Cadence cadence(4, seconds(1), 1, 5, at(start));
  int probes = 0;
  cadence.advance(at(milliseconds(10'999)), [&](std::uint32_t, Nanos label, bool) {
    EXPECT_EQ(label, boot + seconds(10));
    ++probes;
  });
  EXPECT_EQ(probes, 4);
}

TEST(Cadence, ManyProbesAnIntervalAreSpreadOverIt) {
  Cadence cadence(3, seconds(1), 10, 5, at(milliseconds(10'500)));
  std::map<Nanos, int> probes, lasts;  // by label
  for (Nanos now = milliseconds(10'500); now < seconds(13); now = cadence.next()) {
    cadence.advance(at(now), [&](std::uint32_t, Nanos label, bool last) {
      ++probes[label];
      lasts[label] += last ? 1 : 0;
    });
  }
  EXPECT_EQ(probes[boot + seconds(10)], 15) << "half of the interval was left";
  EXPECT_EQ(probes[boot + seconds(11)], 30);
  for (const auto& [label, last] : lasts) EXPECT_EQ(last, 3) << "one of each target";
}

TEST(Cadence, AfterAStandstillWhatWasMissedIsSkipped) {
  Cadence cadence(2, seconds(1), 1, 5, at(seconds(10)));
  int probes = 0;
  const auto count = [&](std::uint32_t, Nanos label, bool) {
    EXPECT_EQ(label, boot + seconds(100));
    ++probes;
  };
  cadence.advance(at(milliseconds(100'500)), count);
  cadence.advance(at(milliseconds(100'999)), count);
  EXPECT_EQ(probes, 2);
}

}  // namespace
}  // namespace weir::probing
