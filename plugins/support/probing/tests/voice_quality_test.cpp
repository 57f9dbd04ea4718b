// SPDX-License-Identifier: Apache-2.0
#include "voice_quality.hpp"

#include <gtest/gtest.h>

namespace weir::probing {
namespace {

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

TEST(VoiceQualityTest, FromRoundTrips) {
  const VoiceQuality quality = voice_quality(25.125, 2.0, 20);
  EXPECT_DOUBLE_EQ(quality.r, r_factor(25.125 / 2 + 4, 20));
  EXPECT_DOUBLE_EQ(quality.mos, mos_of(quality.r));
  EXPECT_EQ(voice_quality(std::nullopt, 2.0, 100).mos, 1);
  EXPECT_EQ(voice_quality(std::nullopt, 2.0, 100).r, 0);
  EXPECT_GE(voice_quality(60'000.0, 0.0, 99).r, 0) << "the scale ends at 0";
}

}  // namespace
}  // namespace weir::probing
