// SPDX-License-Identifier: Apache-2.0
#include "statistics.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

namespace weir::probing {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

TEST(DistributionTest, NothingHasNoFigures) {
  const Distribution none;
  EXPECT_EQ(none.count(), 0U);
  EXPECT_FALSE(none.min_ms() || none.mean_ms() || none.max_ms() || none.percentile_ms(50) ||
               none.deviation_ms());
}

TEST(DistributionTest, ASingleValueIsExact) {
  Distribution one;
  one.add(Nanos{1'234'567});
  for (const auto& figure : {one.min_ms(), one.mean_ms(), one.max_ms(), one.percentile_ms(99)})
    EXPECT_DOUBLE_EQ(figure.value(), 1.234567);
  EXPECT_FALSE(one.deviation_ms());
}

TEST(DistributionTest, OfFourReplies) {
  Distribution four;
  for (const Nanos value : {Nanos{milliseconds(40)}, Nanos{milliseconds(10)},
                            Nanos{microseconds(20'500)}, Nanos{milliseconds(30)}}) {
    four.add(value);
  }
  EXPECT_DOUBLE_EQ(four.min_ms().value(), 10);
  EXPECT_DOUBLE_EQ(four.mean_ms().value(), 25.125);
  EXPECT_DOUBLE_EQ(four.max_ms().value(), 40);
  EXPECT_NEAR(four.percentile_ms(50).value(), 20.5, 20.5 / 256);
  EXPECT_NEAR(four.percentile_ms(95).value(), 40, 40.0 / 256);
  EXPECT_NEAR(four.deviation_ms().value(), std::sqrt(495.1875 / 3), 1e-9);  // by hand
}

TEST(DistributionTest, MergedIsAsIfAllHadBeenAddedToOne) {
  std::mt19937_64 random(5);
  std::lognormal_distribution<double> times(17, 1);
  for (const int parts : {1, 2, 3, 50}) {
    Distribution whole, merged;
    for (int part = 0; part < parts; ++part) {
      Distribution piece;
      for (int i = 0; i < part; ++i) {
        const Nanos value{static_cast<std::int64_t>(times(random))};
        piece.add(value);
        whole.add(value);
      }
      merged.merge(piece);
    }
    ASSERT_EQ(merged.count(), whole.count());
    if (whole.count() == 0) continue;
    EXPECT_EQ(merged.min_ms(), whole.min_ms());
    EXPECT_EQ(merged.max_ms(), whole.max_ms());
    EXPECT_NEAR(merged.mean_ms().value(), whole.mean_ms().value(), 1e-6);
    EXPECT_EQ(merged.percentile_ms(90), whole.percentile_ms(90));
    if (whole.count() > 1) {
      EXPECT_NEAR(merged.deviation_ms().value(), whole.deviation_ms().value(), 1e-6);
    }
  }
}

TEST(JitterTest, ByHandAfterRfc3550) {
  Jitter jitter;
  EXPECT_FALSE(jitter.milliseconds());
  jitter.add(milliseconds(10));
  EXPECT_FALSE(jitter.milliseconds()) << "one reply has no difference";
  jitter.add(milliseconds(26));  // |D| = 16: J = 0 + 16/16
  EXPECT_FLOAT_EQ(jitter.milliseconds().value(), 1.0);
  jitter.add(milliseconds(26));  // |D| = 0: J = 1 − 1/16
  EXPECT_FLOAT_EQ(jitter.milliseconds().value(), 0.9375);
  jitter.add(milliseconds(10));  // |D| = 16: J = 0.9375 + 15.0625/16
  EXPECT_FLOAT_EQ(jitter.milliseconds().value(), 1.87890625);
}

TEST(JitterTest, SettlesAtTheMeanDifference) {
  Jitter jitter;
  for (int i = 0; i < 400; ++i) jitter.add(milliseconds(i % 2 == 0 ? 20 : 24));
  EXPECT_NEAR(jitter.milliseconds().value(), 4.0, 1e-5);
}

}  // namespace
}  // namespace weir::probing
