// SPDX-License-Identifier: Apache-2.0
#include "statistics.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace weir::icmp_source {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

TEST(Percentile, IsTheSmallestValueThatCoversTheShare) {
  std::mt19937 random(7);
  for (std::size_t size = 1; size <= 300; ++size) {
    std::vector<Nanos> values(size);
    for (Nanos& value : values) value = Nanos{random() % 1000};
    std::sort(values.begin(), values.end());
    for (const int percent : {1, 50, 95, 99, 100}) {
      const Nanos found = percentile(values, percent);
      // Counted by the definition: at least percent % are not above it, and fewer below the next
      // value down.
      const auto not_above = static_cast<std::size_t>(
          std::upper_bound(values.begin(), values.end(), found) - values.begin());
      const auto below = static_cast<std::size_t>(
          std::lower_bound(values.begin(), values.end(), found) - values.begin());
      EXPECT_GE(not_above * 100, size * static_cast<std::size_t>(percent))
          << size << " " << percent;
      EXPECT_LT(below * 100, size * static_cast<std::size_t>(percent)) << size << " " << percent;
    }
  }
}

TEST(Percentile, RanksOfAHundred) {
  std::vector<Nanos> values;
  for (int i = 1; i <= 100; ++i) values.emplace_back(i);
  EXPECT_EQ(percentile(values, 50), Nanos{50});
  EXPECT_EQ(percentile(values, 95), Nanos{95});
  EXPECT_EQ(percentile(values, 99), Nanos{99});
  EXPECT_EQ(percentile(values, 100), Nanos{100});
}

TEST(JitterTest, ByHandAfterRfc3550) {
  Jitter jitter;
  EXPECT_FALSE(jitter.milliseconds());
  jitter.add(milliseconds(10));
  EXPECT_FALSE(jitter.milliseconds()) << "one reply has no difference";
  jitter.add(milliseconds(26));  // |D| = 16: J = 0 + 16/16
  EXPECT_DOUBLE_EQ(jitter.milliseconds().value(), 1.0);
  jitter.add(milliseconds(26));  // |D| = 0: J = 1 − 1/16
  EXPECT_DOUBLE_EQ(jitter.milliseconds().value(), 0.9375);
  jitter.add(milliseconds(10));  // |D| = 16: J = 0.9375 + 15.0625/16
  EXPECT_DOUBLE_EQ(jitter.milliseconds().value(), 1.87890625);
}

TEST(JitterTest, SettlesAtTheMeanDifference) {
  Jitter jitter;
  for (int i = 0; i < 400; ++i) jitter.add(milliseconds(i % 2 == 0 ? 20 : 24));
  EXPECT_NEAR(jitter.milliseconds().value(), 4.0, 1e-6);
}

TEST(RFactor, ReferencePointsOfG107) {
  EXPECT_DOUBLE_EQ(r_factor(0, 0), 93.2);
  EXPECT_DOUBLE_EQ(r_factor(100, 0), 93.2) << "no delay impairment up to 100 ms";
  // Ta = 200 ms: X = 1: 25·(2^⅙ − 3·(1 + 3⁻⁶)^⅙ + 2) = 3.044. Ta = 400 ms: X = 2: 24.07.
  EXPECT_NEAR(r_factor(200, 0), 93.2 - 3.044, 0.001);
  EXPECT_NEAR(r_factor(400, 0), 93.2 - 24.07, 0.005);
  // Ppl = Bpl halves the scale of equipment impairment: 95 / 2.
  EXPECT_NEAR(r_factor(0, 25.1), 93.2 - 47.5, 1e-9);
  EXPECT_NEAR(r_factor(0, 1), 93.2 - 95.0 / 26.1, 1e-9);
}

TEST(Mos, TableB1OfG107) {
  EXPECT_NEAR(mos_of(90), 4.34, 0.005);
  EXPECT_NEAR(mos_of(80), 4.03, 0.01);  // the formula gives 4.024
  EXPECT_NEAR(mos_of(70), 3.60, 0.005);
  EXPECT_NEAR(mos_of(60), 3.10, 0.005);
  EXPECT_NEAR(mos_of(50), 2.58, 0.005);
  EXPECT_NEAR(mos_of(93.2), 4.41, 0.005);
  EXPECT_EQ(mos_of(100), 4.5);
  EXPECT_EQ(mos_of(0), 1);
  EXPECT_EQ(mos_of(-5), 1);
  for (double r = 0; r <= 10; r += 0.1) EXPECT_GE(mos_of(r), 1) << r;
}

TEST(Summary, OfFourRepliesToFiveProbes) {
  std::vector<Nanos> replies{milliseconds(40), milliseconds(10), microseconds(20'500),
                             milliseconds(30)};
  const Summary summary = summarize(5, replies, 2.0);
  EXPECT_EQ(summary.sent, 5);
  EXPECT_EQ(summary.received, 4);
  EXPECT_DOUBLE_EQ(summary.loss_percent, 20);
  EXPECT_DOUBLE_EQ(summary.rtt_min_ms.value(), 10);
  EXPECT_DOUBLE_EQ(summary.rtt_avg_ms.value(), 25.125);
  EXPECT_DOUBLE_EQ(summary.rtt_p50_ms.value(), 20.5);
  EXPECT_DOUBLE_EQ(summary.rtt_p95_ms.value(), 40);
  EXPECT_DOUBLE_EQ(summary.rtt_max_ms.value(), 40);
  EXPECT_DOUBLE_EQ(summary.jitter_ms.value(), 2);
  EXPECT_DOUBLE_EQ(summary.mos, mos_of(r_factor(25.125 / 2 + 4, 20)));
}

TEST(Summary, NothingReceivedIsLossWithoutTimes) {
  const Summary summary = summarize(3, {}, 2.0);
  EXPECT_EQ(summary.sent, 3);
  EXPECT_DOUBLE_EQ(summary.loss_percent, 100);
  EXPECT_FALSE(summary.rtt_min_ms || summary.rtt_avg_ms || summary.rtt_p50_ms ||
               summary.rtt_p99_ms);
  EXPECT_FALSE(summary.jitter_ms);
  EXPECT_EQ(summary.mos, 1);
}

}  // namespace
}  // namespace weir::icmp_source
