// SPDX-License-Identifier: Apache-2.0
#include "sampler.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

namespace weir::netdev_source {
namespace {

using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct Seen {
  std::string name;
  std::uint64_t bytes;
  int index = 0;  // 0: a number for each name
  std::uint64_t birth = 0;
  bool measured = true;
};

class SamplerTest : public ::testing::Test {
 protected:
  std::vector<Sample> take(Sampler& sampler, const std::vector<Seen>& seen,
                           const std::optional<std::string>& by_default = std::nullopt) {
    now += seconds(1);
    std::vector<Present> present;
    std::vector<Measured> measured;
    for (const Seen& one : seen) {
      const int index =
          one.index != 0
              ? one.index
              : numbers.try_emplace(one.name, static_cast<int>(numbers.size()) + 1).first->second;
      present.push_back({index, one.birth, one.name});
      if (one.measured)
        measured.push_back({index, now, {.rx_bytes = one.bytes, .rx_packets = one.bytes / 100}});
    }
    std::sort(present.begin(), present.end(), [](auto& a, auto& b) { return a.index < b.index; });
    std::sort(measured.begin(), measured.end(), [](auto& a, auto& b) { return a.index < b.index; });
    if (present != last_present || by_default != last_default) sampler.follow(present, by_default);
    last_present = present;
    last_default = by_default;
    return sampler.take(measured, [](const Present&) { return Link{.speed_mbps = 100}; });
  }
  static std::vector<std::string> names(const std::vector<Sample>& samples) {
    std::vector<std::string> all;
    for (const Sample& sample : samples) all.push_back(sample.interface);
    return all;
  }
  std::map<std::string, int> numbers;
  std::vector<Present> last_present;
  std::optional<std::string> last_default;
  Nanos now{};
};

TEST(SelectTest, WordsNamesBlanksAndRepetitions) {
  const Selection selection =
      select({" eth0", "default ", "eth0", "", " ", "lo", "eth*"}, {" b* "});
  EXPECT_THAT(selection.names, ElementsAre("eth0", "lo"));
  EXPECT_THAT(selection.patterns, ElementsAre("eth*"));
  EXPECT_THAT(selection.excluded, ElementsAre("b*"));
  EXPECT_TRUE(selection.default_route);
  EXPECT_THAT(select({"all"}).patterns, ElementsAre("*"));
  EXPECT_TRUE(select({" ", ""}).empty());
}

TEST(SelectTest, PatternsExclusionsAndExactNames) {
  const Selection selection = select({"eth*", "veth7", "default"}, {"eth1*", "veth*", "wan0"});
  const std::optional<std::string> route = "wan0";
  EXPECT_TRUE(selection.takes("eth0", route));
  EXPECT_FALSE(selection.takes("eth10", route));
  EXPECT_FALSE(selection.takes("veth0", route)) << "a pattern fits from the beginning";
  EXPECT_TRUE(selection.takes("veth7", route)) << "named exactly";
  EXPECT_TRUE(selection.takes("wan0", route)) << "named by the route";
  EXPECT_FALSE(selection.takes("wan0", std::nullopt));
  EXPECT_FALSE(select({"eth1"}).takes("eth10", std::nullopt));
  EXPECT_FALSE(select({"eth1"}).takes("eth", std::nullopt));
}

TEST_F(SamplerTest, FirstReadingGivesNothingTheSecondRates) {
  Sampler sampler(select({"eth0"}));
  EXPECT_THAT(take(sampler, {{"eth0", 0}}), IsEmpty());
  EXPECT_THAT(sampler.changes().appeared, ElementsAre("eth0"));
  const auto samples = take(sampler, {{"eth0", 125'000}});
  ASSERT_EQ(samples.size(), 1U);
  EXPECT_DOUBLE_EQ(samples[0].rates->rx_mbps, 1);
  EXPECT_DOUBLE_EQ(samples[0].utilization_percent.value(), 1);
  EXPECT_THAT(sampler.changes().appeared, IsEmpty());
}

TEST_F(SamplerTest, Eth1NeverTakesEth10) {
  Sampler sampler(select({"eth1"}));
  static_cast<void>(take(sampler, {{"eth10", 0}, {"eth1", 0}}));
  const auto samples = take(sampler, {{"eth10", 9'000'000}, {"eth1", 125'000}});
  ASSERT_THAT(names(samples), ElementsAre("eth1"));
  EXPECT_DOUBLE_EQ(samples[0].rates->rx_mbps, 1);
  EXPECT_THAT(names(take(sampler, {{"eth10", 9'000'000}})), ElementsAre("eth1"));
  EXPECT_THAT(sampler.changes().vanished, ElementsAre("eth1")) << "eth10 does not stand in for it";
}

TEST_F(SamplerTest, AllAreInTheOrderOfTheKernel) {
  Sampler sampler(select({"all", "eth0"}));
  static_cast<void>(take(sampler, {{"lo", 0}, {"eth0", 0}}));
  EXPECT_THAT(names(take(sampler, {{"lo", 1}, {"eth0", 1}, {"new0", 1}})),
              ElementsAre("lo", "eth0"));
  EXPECT_THAT(names(take(sampler, {{"lo", 1}, {"eth0", 1}, {"new0", 1}})),
              ElementsAre("lo", "eth0", "new0"));
}

TEST_F(SamplerTest, DefaultIsNotCountedTwiceAndMayMove) {
  Sampler sampler(select({"default", "eth0"}));
  static_cast<void>(take(sampler, {{"eth0", 0}, {"wlan0", 0}}, "eth0"));
  EXPECT_THAT(names(take(sampler, {{"eth0", 1}, {"wlan0", 0}}, "eth0")), ElementsAre("eth0"));
  EXPECT_THAT(names(take(sampler, {{"eth0", 1}, {"wlan0", 0}}, "wlan0")), ElementsAre("eth0"));
  EXPECT_THAT(names(take(sampler, {{"eth0", 1}, {"wlan0", 0}}, "wlan0")),
              ElementsAre("eth0", "wlan0"));
}

TEST_F(SamplerTest, WithoutDefaultRouteItWaitsForOne) {
  Sampler sampler(select({"default"}));
  EXPECT_THAT(take(sampler, {{"eth0", 0}}), IsEmpty());
  EXPECT_THAT(take(sampler, {{"eth0", 0}}), IsEmpty());
  EXPECT_THAT(take(sampler, {{"eth0", 0}}, "eth0"), IsEmpty()) << "the first reading of it";
  EXPECT_THAT(names(take(sampler, {{"eth0", 0}}, "eth0")), ElementsAre("eth0"));
  EXPECT_THAT(take(sampler, {{"eth0", 0}}), IsEmpty())
      << "the route is gone, the interface is not: no gap";
  EXPECT_THAT(sampler.changes().vanished, IsEmpty());
}

TEST_F(SamplerTest, GoneIsOneGapAndBackStartsAfresh) {
  Sampler sampler(select({"eth0"}));
  static_cast<void>(take(sampler, {{"eth0", 1'000'000}}));
  const auto gap = take(sampler, {});
  ASSERT_EQ(gap.size(), 1U);
  EXPECT_FALSE(gap[0].rates);
  EXPECT_FALSE(gap[0].utilization_percent);
  EXPECT_THAT(take(sampler, {}), IsEmpty());
  EXPECT_THAT(take(sampler, {{"eth0", 9'000'000'000}}), IsEmpty()) << "no spike over the absence";
  EXPECT_THAT(sampler.changes().appeared, ElementsAre("eth0"));
  EXPECT_DOUBLE_EQ(take(sampler, {{"eth0", 9'000'125'000}}).at(0).rates->rx_mbps, 1);
}

TEST_F(SamplerTest, GoneAndBackBetweenTwoReadingsIsOneGapAndNoSpike) {
  Sampler sampler(select({"tun0"}));
  static_cast<void>(take(sampler, {{.name = "tun0", .bytes = 1000, .index = 7, .birth = 1}}));
  const auto gap = take(sampler, {{.name = "tun0", .bytes = 900'000'000, .index = 8, .birth = 2}});
  ASSERT_THAT(names(gap), ElementsAre("tun0"));
  EXPECT_FALSE(gap[0].rates);
  const auto again =
      take(sampler, {{.name = "tun0", .bytes = 900'125'000, .index = 8, .birth = 2}});
  EXPECT_DOUBLE_EQ(again.at(0).rates->rx_mbps, 1);
  // The same number too, but another interface.
  EXPECT_FALSE(
      take(sampler, {{.name = "tun0", .bytes = 999'000'000, .index = 8, .birth = 3}}).at(0).rates);
}

TEST_F(SamplerTest, ARenamedOneGoesOnUnderItsNewNameWithoutAHole) {
  Sampler sampler(select({"*0"}));
  static_cast<void>(take(sampler, {{.name = "eth0", .bytes = 0, .index = 2}}));
  const auto samples = take(sampler, {{.name = "wan0", .bytes = 125'000, .index = 2}});
  ASSERT_THAT(names(samples), ElementsAre("wan0", "eth0"));
  EXPECT_DOUBLE_EQ(samples[0].rates->rx_mbps, 1);
  EXPECT_FALSE(samples[1].rates) << "the gap that ends the old series";
  EXPECT_EQ(sampler.changes().renamed.at(0).to, "wan0");
  EXPECT_THAT(sampler.changes().vanished, IsEmpty());
  EXPECT_THAT(names(take(sampler, {{.name = "wan0", .bytes = 125'000, .index = 2}})),
              ElementsAre("wan0"));
}

TEST_F(SamplerTest, ARenameOutOfTheSelectionEndsAndIntoItBegins) {
  Sampler sampler(select({"eth0"}));
  static_cast<void>(take(sampler, {{.name = "eth0", .bytes = 0, .index = 2}}));
  EXPECT_THAT(names(take(sampler, {{.name = "x", .bytes = 1, .index = 2}})), ElementsAre("eth0"));
  EXPECT_EQ(sampler.changes().renamed.size(), 1U);
  EXPECT_THAT(take(sampler, {{.name = "eth0", .bytes = 2, .index = 2}}), IsEmpty());
  EXPECT_THAT(names(take(sampler, {{.name = "eth0", .bytes = 2, .index = 2}})),
              ElementsAre("eth0"));
}

TEST_F(SamplerTest, TwoThatSwapTheirNamesGiveOneRowEach) {
  Sampler sampler(select({"all"}));
  static_cast<void>(take(sampler, {{.name = "a", .bytes = 0, .index = 2},
                                   {.name = "b", .bytes = 5'000'000, .index = 3}}));
  const auto samples = take(sampler, {{.name = "b", .bytes = 125'000, .index = 2},
                                      {.name = "a", .bytes = 5'250'000, .index = 3}});
  ASSERT_THAT(names(samples), ElementsAre("b", "a"));
  EXPECT_DOUBLE_EQ(samples[0].rates->rx_mbps, 1) << "of its own counters";
  EXPECT_DOUBLE_EQ(samples[1].rates->rx_mbps, 2);
}

TEST_F(SamplerTest, NotMeasuredThisTimeIsNoGapAndTheNextSpansBoth) {
  Sampler sampler(select({"all"}));
  static_cast<void>(take(sampler, {{"a", 0}, {"b", 0}}));
  EXPECT_THAT(names(take(sampler, {{"a", 0}, {.name = "b", .bytes = 0, .measured = false}})),
              ElementsAre("a"));
  const auto samples = take(sampler, {{"a", 0}, {"b", 250'000}});
  ASSERT_EQ(samples.size(), 2U);
  EXPECT_DOUBLE_EQ(samples[1].rates->rx_mbps, 1) << "over two seconds";
}

TEST_F(SamplerTest, OfTwoMeasuresOfOneTheLastCounts) {
  Sampler sampler(select({"all"}));
  const std::vector<Present> present{{2, 0, "a"}, {3, 0, "b"}};
  sampler.follow(present, std::nullopt);
  const auto link = [](const Present&) { return Link{}; };
  const std::vector<Measured> first{{2, seconds(1), {}}, {3, seconds(1), {}}};
  static_cast<void>(sampler.take(first, link));
  const std::vector<Measured> second{{1, seconds(2), {}},
                                     {2, seconds(2), {.rx_bytes = 1}},
                                     {2, seconds(3), {.rx_bytes = 250'000}},
                                     {9, seconds(3), {}}};
  const auto samples = sampler.take(second, link);
  ASSERT_THAT(names(samples), ElementsAre("a"));
  EXPECT_DOUBLE_EQ(samples[0].rates->rx_mbps, 1);
}

TEST_F(SamplerTest, ResetIsOneGapAndThenRatesAgain) {
  Sampler sampler(select({"eth0"}));
  static_cast<void>(take(sampler, {{"eth0", 9'000'000'000}}));
  const auto gap = take(sampler, {{"eth0", 1000}});
  ASSERT_EQ(gap.size(), 1U);
  EXPECT_FALSE(gap[0].rates);
  EXPECT_THAT(sampler.changes().reset, ElementsAre("eth0"));
  EXPECT_DOUBLE_EQ(take(sampler, {{"eth0", 126'000}}).at(0).rates->rx_mbps, 1);
  EXPECT_THAT(sampler.changes().reset, IsEmpty());
}

TEST_F(SamplerTest, TwoReadingsAtOneMomentGiveNoRate) {
  Sampler sampler(select({"eth0"}));
  static_cast<void>(take(sampler, {{"eth0", 0}}));
  now -= seconds(1);
  EXPECT_THAT(take(sampler, {{"eth0", 5}}), IsEmpty());
}

// Traffic of at most 100 Mbit/s over counters of 32 and 64 bits that are reset at random, read at
// random distances: no rate is below 0 or above what there was, and every wrap is seen through.
TEST_F(SamplerTest, NoRateIsNegativeAndNoneIsASpike) {
  std::mt19937 random(7);
  const auto up_to = [&](std::uint64_t most) { return random() % (most + 1); };
  for (const bool narrow : {true, false}) {
    Sampler sampler(select({"eth0"}));
    const std::vector<Present> present{{2, 0, "eth0"}};
    sampler.follow(present, std::nullopt);
    Nanos at{};
    std::uint64_t bytes = 0, packets = 0;
    std::size_t rows = 0, gaps = 0, wraps = 0, resets = 0;
    for (int reading = 0; reading < 20'000; ++reading) {
      const Nanos elapsed = std::chrono::milliseconds(10 + up_to(20'000));
      at += elapsed;
      if (up_to(200) == 0) {
        bytes = packets = 0;
        ++resets;
      }
      const std::uint64_t sent =
          up_to(12'500'000) * static_cast<std::uint64_t>(elapsed.count()) / 1'000'000'000;
      bytes += sent;
      packets += (sent + 1499) / 1500;
      const Measured measured{
          2, at, {.rx_bytes = narrow ? bytes & 0xffffffffU : bytes, .rx_packets = packets}};
      for (const Sample& sample :
           sampler.take(std::span(&measured, 1), [](const Present&) { return Link{}; })) {
        ++rows;
        if (!sample.rates) {
          ++gaps;
          continue;
        }
        ASSERT_GE(sample.rates->rx_mbps, 0);
        ASSERT_LE(sample.rates->rx_mbps, 100.001) << reading;
      }
      wraps += sampler.changes().wraps;
    }
    EXPECT_EQ(rows, 19'999U);
    EXPECT_LE(gaps, resets);
    EXPECT_GT(gaps, resets / 2);
    EXPECT_EQ(wraps > 0, narrow);
  }
}

TEST_F(SamplerTest, FiveHundredThatComeAndGoEachHaveTheirRow) {
  Sampler sampler(select({"all"}));
  std::vector<Seen> odd, even;
  for (int i = 0; i < 500; ++i) {
    const Seen one{.name = "veth" + std::to_string(i), .bytes = 0, .index = i + 2};
    (i % 2 == 0 ? even : odd).push_back(one);
  }
  static_cast<void>(take(sampler, odd));
  const auto gone = take(sampler, even);
  EXPECT_EQ(gone.size(), 250U) << "a gap for each that left";
  EXPECT_EQ(sampler.changes().appeared.size(), 250U);
  EXPECT_EQ(take(sampler, even).size(), 250U);
}

}  // namespace
}  // namespace weir::netdev_source
