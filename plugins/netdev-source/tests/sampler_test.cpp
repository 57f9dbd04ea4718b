// SPDX-License-Identifier: Apache-2.0
#include "sampler.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace weir::netdev_source {
namespace {

using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

Interface interface(const std::string& name, std::uint64_t bytes) {
  return {name, {.rx_bytes = bytes, .rx_packets = bytes / 100}};
}

class SamplerTest : public ::testing::Test {
 protected:
  std::vector<Sample> take(Sampler& sampler, std::vector<Interface> interfaces,
                           std::optional<std::string> by_default = std::nullopt) {
    now += seconds(1);
    return sampler.take({.at = now,
                         .table = {.interfaces = std::move(interfaces)},
                         .default_interface = std::move(by_default)},
                        [](const std::string&) { return Link{.speed_mbps = 100}; });
  }
  static std::vector<std::string> names(const std::vector<Sample>& samples) {
    std::vector<std::string> all;
    for (const Sample& sample : samples) all.push_back(sample.interface);
    return all;
  }
  Nanos now{};
};

TEST(SelectTest, WordsNamesBlanksAndRepetitions) {
  const Selection selection = select({" eth0", "default ", "eth0", "", " ", "lo"});
  EXPECT_THAT(selection.names, ElementsAre("eth0", "lo"));
  EXPECT_TRUE(selection.default_route);
  EXPECT_FALSE(selection.all);
  EXPECT_TRUE(select({"all"}).all);
}

TEST_F(SamplerTest, FirstReadingGivesNothingTheSecondRates) {
  Sampler sampler(select({"eth0"}));
  EXPECT_THAT(take(sampler, {interface("eth0", 0)}), IsEmpty());
  EXPECT_THAT(sampler.changes().appeared, ElementsAre("eth0"));
  const auto samples = take(sampler, {interface("eth0", 125'000)});
  ASSERT_EQ(samples.size(), 1U);
  EXPECT_DOUBLE_EQ(samples[0].rates->rx_mbps, 1);
  EXPECT_DOUBLE_EQ(samples[0].utilization_percent.value(), 1);
}

TEST_F(SamplerTest, Eth1NeverTakesEth10) {
  Sampler sampler(select({"eth1"}));
  static_cast<void>(take(sampler, {interface("eth10", 0), interface("eth1", 0)}));
  const auto samples = take(sampler, {interface("eth10", 9'000'000), interface("eth1", 125'000)});
  ASSERT_THAT(names(samples), ElementsAre("eth1"));
  EXPECT_DOUBLE_EQ(samples[0].rates->rx_mbps, 1);
  EXPECT_THAT(names(take(sampler, {interface("eth10", 9'000'000)})), ElementsAre("eth1"));
  EXPECT_THAT(sampler.changes().vanished, ElementsAre("eth1")) << "eth10 does not stand in for it";
}

TEST_F(SamplerTest, AllAreInTheOrderOfTheKernel) {
  Sampler sampler(select({"all", "eth0"}));
  static_cast<void>(take(sampler, {interface("lo", 0), interface("eth0", 0)}));
  EXPECT_THAT(
      names(take(sampler, {interface("lo", 1), interface("eth0", 1), interface("new0", 1)})),
      ElementsAre("lo", "eth0"));
  EXPECT_THAT(
      names(take(sampler, {interface("lo", 1), interface("eth0", 1), interface("new0", 1)})),
      ElementsAre("lo", "eth0", "new0"));
}

TEST_F(SamplerTest, DefaultIsNotCountedTwiceAndMayMove) {
  Sampler sampler(select({"default", "eth0"}));
  static_cast<void>(take(sampler, {interface("eth0", 0), interface("wlan0", 0)}, "eth0"));
  EXPECT_THAT(names(take(sampler, {interface("eth0", 1), interface("wlan0", 0)}, "eth0")),
              ElementsAre("eth0"));
  EXPECT_THAT(names(take(sampler, {interface("eth0", 1), interface("wlan0", 0)}, "wlan0")),
              ElementsAre("eth0"));
  EXPECT_THAT(names(take(sampler, {interface("eth0", 1), interface("wlan0", 0)}, "wlan0")),
              ElementsAre("wlan0", "eth0"));
}

TEST_F(SamplerTest, WithoutDefaultRouteItWaitsForOne) {
  Sampler sampler(select({"default"}));
  EXPECT_THAT(take(sampler, {interface("eth0", 0)}), IsEmpty());
  EXPECT_THAT(take(sampler, {interface("eth0", 0)}), IsEmpty());
  EXPECT_THAT(take(sampler, {interface("eth0", 0)}, "eth0"), IsEmpty())
      << "the first reading of it";
  EXPECT_THAT(names(take(sampler, {interface("eth0", 0)}, "eth0")), ElementsAre("eth0"));
  EXPECT_THAT(take(sampler, {interface("eth0", 0)}), IsEmpty())
      << "the route is gone, the interface is not: no gap";
  EXPECT_THAT(sampler.changes().vanished, IsEmpty());
}

TEST_F(SamplerTest, GoneIsOneGapAndBackStartsAfresh) {
  Sampler sampler(select({"eth0"}));
  static_cast<void>(take(sampler, {interface("eth0", 1'000'000)}));
  const auto gap = take(sampler, {});
  ASSERT_EQ(gap.size(), 1U);
  EXPECT_FALSE(gap[0].rates);
  EXPECT_FALSE(gap[0].utilization_percent);
  EXPECT_THAT(take(sampler, {}), IsEmpty());
  EXPECT_THAT(take(sampler, {interface("eth0", 9'000'000'000)}), IsEmpty())
      << "no spike over the absence";
  EXPECT_THAT(sampler.changes().appeared, ElementsAre("eth0"));
  EXPECT_DOUBLE_EQ(take(sampler, {interface("eth0", 9'000'125'000)}).at(0).rates->rx_mbps, 1);
}

TEST_F(SamplerTest, ResetIsOneGapAndThenRatesAgain) {
  Sampler sampler(select({"eth0"}));
  static_cast<void>(take(sampler, {interface("eth0", 9'000'000'000)}));
  const auto gap = take(sampler, {interface("eth0", 1000)});
  ASSERT_EQ(gap.size(), 1U);
  EXPECT_FALSE(gap[0].rates);
  EXPECT_THAT(sampler.changes().reset, ElementsAre("eth0"));
  EXPECT_DOUBLE_EQ(take(sampler, {interface("eth0", 126'000)}).at(0).rates->rx_mbps, 1);
  EXPECT_THAT(sampler.changes().reset, IsEmpty());
}

TEST_F(SamplerTest, TwoReadingsAtOneMomentGiveNoRate) {
  Sampler sampler(select({"eth0"}));
  static_cast<void>(take(sampler, {interface("eth0", 0)}));
  now -= seconds(1);
  EXPECT_THAT(take(sampler, {interface("eth0", 5)}), IsEmpty());
}

}  // namespace
}  // namespace weir::netdev_source
