// SPDX-License-Identifier: Apache-2.0
#include "rates.hpp"

#include <gtest/gtest.h>

namespace weir::netdev_source {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::uint64_t two_to_32 = std::uint64_t{1} << 32;

TEST(Rates, UnitsAreDecimalMegabitsAndPerSecond) {
  const Counters before{.rx_bytes = 1000,
                        .rx_packets = 10,
                        .rx_errors = 1,
                        .rx_drops = 2,
                        .tx_bytes = 2000,
                        .tx_packets = 20,
                        .tx_errors = 3,
                        .tx_drops = 4};
  const Counters after{.rx_bytes = 1000 + 250'000,
                       .rx_packets = 10 + 300,
                       .rx_errors = 1 + 4,
                       .rx_drops = 2 + 6,
                       .tx_bytes = 2000 + 125'000,
                       .tx_packets = 20 + 200,
                       .tx_errors = 3 + 2,
                       .tx_drops = 4 + 8};
  const auto rates = rates_between(before, after, seconds(2));
  ASSERT_TRUE(rates);
  EXPECT_DOUBLE_EQ(rates->rx_mbps, 1.0);  // 250 000 bytes · 8 / 2 s = 1 000 000 bit/s
  EXPECT_DOUBLE_EQ(rates->tx_mbps, 0.5);
  EXPECT_DOUBLE_EQ(rates->bandwidth_mbps(), 1.5);
  EXPECT_DOUBLE_EQ(rates->rx_packets_per_s, 150);
  EXPECT_DOUBLE_EQ(rates->tx_packets_per_s, 100);
  EXPECT_DOUBLE_EQ(rates->rx_errors_per_s, 2);
  EXPECT_DOUBLE_EQ(rates->tx_errors_per_s, 1);
  EXPECT_DOUBLE_EQ(rates->rx_drops_per_s, 3);
  EXPECT_DOUBLE_EQ(rates->tx_drops_per_s, 4);
}

TEST(Rates, OfTheTimeThatReallyWentBy) {
  const Counters after{.rx_bytes = 125'000, .rx_packets = 100};
  EXPECT_DOUBLE_EQ(rates_between({}, after, milliseconds(1000))->rx_mbps, 1.0);
  EXPECT_DOUBLE_EQ(rates_between({}, after, milliseconds(1250))->rx_mbps, 0.8)
      << "a late reading is no dip";
}

TEST(Rates, ResetCounterIsAGapAndNeverASpike) {
  const Counters before{
      .rx_bytes = 5'000'000'000, .rx_packets = 4'000'000, .tx_bytes = 9'000, .tx_packets = 90};
  EXPECT_FALSE(rates_between(before, {}, seconds(1)));
  EXPECT_FALSE(rates_between(before, {.rx_bytes = 100, .rx_packets = 1}, seconds(1)));
  Counters after = before;
  after.tx_drops = 0;
  EXPECT_TRUE(rates_between(before, after, seconds(1)));
  Counters dropped = before;
  dropped.rx_errors = 1;
  EXPECT_FALSE(rates_between(dropped, before, seconds(1)))
      << "any counter that falls tells of a reset";
}

TEST(Rates, ResetBelow32BitIsNoWrap) {
  // Packets rose over the reset, bytes fell: 429 MB a packet is no packet.
  const Counters before{.rx_bytes = 15'000, .rx_packets = 10};
  const Counters after{.rx_bytes = 1'280, .rx_packets = 20};
  EXPECT_FALSE(rates_between(before, after, seconds(1)));
  // The same packets: bytes cannot have risen.
  EXPECT_FALSE(rates_between({.rx_bytes = two_to_32 - 100, .rx_packets = 10},
                             {.rx_bytes = 5, .rx_packets = 10}, seconds(1)));
}

TEST(Rates, ProvenWrapOf32Bit) {
  const Counters before{.rx_bytes = two_to_32 - 600'000, .rx_packets = 1000};
  const Counters after{.rx_bytes = 400'000, .rx_packets = 2000};
  const auto rates = rates_between(before, after, seconds(1));
  ASSERT_TRUE(rates);
  EXPECT_TRUE(rates->wrapped);
  EXPECT_DOUBLE_EQ(rates->rx_mbps, 8.0);
  const auto sent = rates_between({.tx_bytes = two_to_32 - 600'000, .tx_packets = 1000},
                                  {.tx_bytes = 400'000, .tx_packets = 2000}, seconds(1));
  EXPECT_DOUBLE_EQ(sent.value().tx_mbps, 8.0);
}

TEST(Rates, AFallFromTheLowerHalfIsAResetHoweverManyPackets) {
  // Reset, then 200 000 small packets in one interval: as a wrap it would be 34 Gbit/s.
  const Counters before{.rx_bytes = 15'000'000, .rx_packets = 100'000};
  const Counters after{.rx_bytes = 14'000'000, .rx_packets = 200'000};
  EXPECT_FALSE(rates_between(before, after, seconds(1)));
}

TEST(Rates, A64BitCounterNeverWrapsAt32) {
  const Counters before{.rx_bytes = two_to_32 + 600'000, .rx_packets = 1000};
  const Counters after{.rx_bytes = 400'000, .rx_packets = 2000};
  EXPECT_FALSE(rates_between(before, after, seconds(1)));
}

TEST(Utilization, BusierDirectionOrBoth) {
  Rates rates{};
  rates.rx_mbps = 30;
  rates.tx_mbps = 50;
  EXPECT_DOUBLE_EQ(utilization_percent(rates, {.speed_mbps = 100}).value(), 50);
  EXPECT_DOUBLE_EQ(utilization_percent(rates, {.speed_mbps = 100, .half_duplex = true}).value(),
                   80);
  EXPECT_FALSE(utilization_percent(rates, {}));
}

TEST(Utilization, OfTheLineBehindTheWireWhereItIsKnown) {
  Rates rates{};
  rates.rx_mbps = 40;
  rates.tx_mbps = 9;
  const Link dsl{.speed_mbps = 1000, .line_rx_mbps = 50, .line_tx_mbps = 10};
  EXPECT_DOUBLE_EQ(utilization_percent(rates, dsl).value(), 90) << "the upload is the busier";
  EXPECT_DOUBLE_EQ(utilization_percent(rates, {.line_tx_mbps = 10}).value(), 90)
      << "of a virtual interface too";
  EXPECT_DOUBLE_EQ(utilization_percent(rates, {.speed_mbps = 100, .line_tx_mbps = 90}).value(), 40);
}

}  // namespace
}  // namespace weir::netdev_source
