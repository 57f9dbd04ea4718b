// SPDX-License-Identifier: Apache-2.0
#include "core/testpath/fates.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace weir::core::testpath {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t many = 100'000;

/// One packet of 100 bytes each millisecond.
std::vector<Fate> fates(const std::string& text, std::size_t count = many) {
  Fates made(parse_impairments(text));
  std::vector<Fate> all;
  for (std::size_t i = 0; i < count; ++i) all.push_back(made.next(i * 1ms, 100));
  return all;
}

double share(const std::vector<Fate>& all, Cause cause) {
  double count = 0;
  for (const Fate& fate : all) count += fate.cause == cause ? 1 : 0;
  return count / static_cast<double>(all.size());
}

TEST(Fates, TheDelayIsAddedExactly) {
  const auto all = fates("delay=20ms", 10);
  for (std::size_t i = 0; i < all.size(); ++i) EXPECT_EQ(all[i].departs, i * 1ms + 20ms);
}

TEST(Fates, TheSameSeedIsTheSameLuck) {
  const std::string text = "delay=5ms jitter=2ms loss=10% duplicate=5% hold=3%/9ms gilbert=1%/20%";
  const auto one = fates(text + " seed=1", 1000), same = fates(text + " seed=1", 1000);
  const auto other = fates(text + " seed=2", 1000);
  std::size_t differ = 0;
  for (std::size_t i = 0; i < one.size(); ++i) {
    EXPECT_EQ(one[i].cause, same[i].cause);
    EXPECT_EQ(one[i].departs, same[i].departs);
    differ += one[i].cause != other[i].cause ? 1 : 0;
  }
  EXPECT_GT(differ, 50U);
}

TEST(Fates, LossDoesNotChangeTheLuckOfOthers) {
  const auto without = fates("delay=5ms jitter=2ms", 1000),
             with = fates("delay=5ms jitter=2ms loss=50%", 1000);
  for (std::size_t i = 0; i < with.size(); ++i) {
    if (with[i].cause == Cause::passed) {
      EXPECT_EQ(with[i].departs, without[i].departs) << i;
    }
  }
}

// Shares within five standard deviations of what is asked for.
TEST(Fates, RandomLossIsAsOftenAsAskedFor) {
  EXPECT_NEAR(share(fates("loss=2%"), Cause::random), 0.02, 5 * std::sqrt(0.02 * 0.98 / many));
  EXPECT_EQ(share(fates("loss=0%"), Cause::random), 0);
  EXPECT_EQ(share(fates("loss=100%"), Cause::random), 1);
}

// Stationary loss of the chain is p / (p + r), the mean burst 1 / r (Gilbert 1960).
TEST(Fates, BurstsAreAsLongAsTheChainSays) {
  const auto all = fates("gilbert=1%/25%");
  EXPECT_NEAR(share(all, Cause::burst), 0.01 / 0.26, 0.005);
  double bursts = 0, lost = 0;
  for (std::size_t i = 1; i < all.size(); ++i) {
    if (all[i].cause != Cause::burst) continue;
    ++lost;
    bursts += all[i - 1].cause != Cause::burst ? 1 : 0;
  }
  EXPECT_NEAR(lost / bursts, 4, 0.4);
}

TEST(Fates, AnOutageTakesAllInItsWindowAndNothingElse) {
  const auto all = fates("outage=10ms+5ms outage=20ms+1ms", 30);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const bool inside = (i >= 10 && i < 15) || i == 20;
    EXPECT_EQ(all[i].cause == Cause::outage, inside) << i;
  }
}

TEST(Fates, JitterStaysInItsBoundsAndNeverLeavesBeforeItArrives) {
  const auto all = fates("delay=5ms jitter=2ms", 5000);
  Nanos least = 1s, most = 0s;
  for (std::size_t i = 0; i < all.size(); ++i) {
    least = std::min<Nanos>(least, all[i].departs - i * 1ms);
    most = std::max<Nanos>(most, all[i].departs - i * 1ms);
  }
  EXPECT_GE(least, 3ms);
  EXPECT_LE(most, 7ms);
  EXPECT_LT(least, 3100us);
  EXPECT_GT(most, 6900us);
  const auto wild = fates("jitter=5ms", 5000);
  for (std::size_t i = 0; i < wild.size(); ++i) EXPECT_GE(wild[i].departs, i * 1ms);
}

TEST(Fates, CopiesFollowAndHeldPacketsAreHeld) {
  double copies = 0, held = 0;
  const auto all = fates("delay=1ms duplicate=10%/3ms hold=20%/7ms");
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Nanos delay = all[i].departs - Nanos(i * 1ms);
    EXPECT_TRUE(delay == 1ms || delay == 8ms);
    held += delay == 8ms ? 1 : 0;
    if (!all[i].departs_again) continue;
    ++copies;
    EXPECT_EQ(*all[i].departs_again - all[i].departs, 3ms);
  }
  EXPECT_NEAR(copies / many, 0.1, 0.005);
  EXPECT_NEAR(held / many, 0.2, 0.0065);
}

TEST(Fates, TheLineSendsOnePacketAfterTheOther) {
  // 100 bytes at 100 kbit/s take 8 ms; one comes each millisecond; 400 bytes may wait.
  const auto all = fates("rate=100kbit queue=400", 12);
  EXPECT_EQ(all[0].departs, 8ms);
  EXPECT_EQ(all[1].departs, 16ms);
  EXPECT_EQ(all[3].departs, 32ms);
  EXPECT_EQ(all[4].cause, Cause::queue);
  EXPECT_EQ(all[8].departs, 40ms) << "the first has left, there is room again";
  EXPECT_EQ(all[9].cause, Cause::queue);
}

}  // namespace
}  // namespace weir::core::testpath
