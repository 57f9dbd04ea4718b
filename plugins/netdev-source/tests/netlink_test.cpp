// SPDX-License-Identifier: Apache-2.0
#include "netlink.hpp"

#include <gtest/gtest.h>

#include <cerrno>

#include "messages.hpp"

namespace weir::netdev_source::netlink {
namespace {

using test::attribute;
using test::link_payload;
using test::message;
using test::Octets;
using test::octets_of;
using test::statistics_payload;

const Counters some{.rx_bytes = 0x1'0000'0001,
                    .rx_packets = 2,
                    .rx_errors = 3,
                    .rx_drops = 4,
                    .tx_bytes = 5,
                    .tx_packets = 6,
                    .tx_errors = 7,
                    .tx_drops = 8};

TEST(NetlinkMessages, OneAfterTheOtherWithWhatTheySay) {
  Octets datagram = message(RTM_NEWSTATS, octets_of(std::uint32_t{9}), {2, 11, 12});
  test::append(datagram, message(NLMSG_DONE, octets_of(0)));
  Messages messages(datagram);
  const auto first = messages.next();
  ASSERT_TRUE(first);
  EXPECT_EQ(first->type, RTM_NEWSTATS);
  EXPECT_EQ(first->flags, 2);
  EXPECT_EQ(first->sequence, 11U);
  EXPECT_EQ(first->port, 12U);
  EXPECT_EQ(first->payload.size(), 4U);
  EXPECT_EQ(messages.next().value().type, NLMSG_DONE);
  EXPECT_FALSE(messages.next());
  EXPECT_FALSE(messages.malformed());
}

TEST(NetlinkMessages, ALengthThatLiesEndsThem) {
  for (const std::uint32_t length : {0U, 3U, 15U, 25U, 0xffffffffU}) {
    Octets datagram = message(RTM_NEWSTATS, Octets(8));
    std::memcpy(datagram.data(), &length, sizeof length);
    Messages messages(datagram);
    EXPECT_FALSE(messages.next()) << length;
    EXPECT_TRUE(messages.malformed()) << length;
    EXPECT_FALSE(messages.next()) << "and stays so";
  }
}

TEST(NetlinkMessages, CutAnywhereNothingIsReadBeyond) {
  const Octets whole = message(RTM_NEWSTATS, statistics_payload(3, some));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const Octets cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    Messages messages(cut);
    EXPECT_FALSE(messages.next()) << size;
    EXPECT_EQ(messages.malformed(), size > 0) << size;
  }
}

TEST(NetlinkStatistics, AllCountersIn64Bits) {
  const auto read = parse_statistics(statistics_payload(3, some));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->index, 3);
  EXPECT_EQ(read->counters, some);
}

TEST(NetlinkStatistics, WhatTheHardwareMissedWasDropped) {
  rtnl_link_stats64 all{};
  all.rx_dropped = 3;
  all.rx_missed_errors = 4;
  Octets payload =
      octets_of(if_stats_msg{.family = 0, .pad1 = 0, .pad2 = 0, .ifindex = 1, .filter_mask = 1});
  test::append(payload, attribute(IFLA_STATS_LINK_64, octets_of(all)));
  EXPECT_EQ(parse_statistics(payload).value().counters.rx_drops, 7U);
}

TEST(NetlinkStatistics, LongerFromALaterKernelAndOtherAttributesBefore) {
  Octets payload =
      octets_of(if_stats_msg{.family = 0, .pad1 = 0, .pad2 = 0, .ifindex = 5, .filter_mask = 1});
  test::append(payload, attribute(IFLA_STATS_LINK_OFFLOAD_XSTATS, Octets(3)));
  rtnl_link_stats64 all{};
  all.tx_bytes = 17;
  Octets longer = octets_of(all);
  longer.resize(longer.size() + 64);
  test::append(payload, attribute(IFLA_STATS_LINK_64, longer));
  EXPECT_EQ(parse_statistics(payload).value().counters.tx_bytes, 17U);
}

TEST(NetlinkStatistics, CutAnywhereItIsNothing) {
  const Octets whole = statistics_payload(3, some);
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_FALSE(parse_statistics(ByteView(whole).first(size))) << size;
}

TEST(NetlinkStatistics, NoInterfaceOrCountersTooShort) {
  EXPECT_FALSE(parse_statistics(statistics_payload(0, some)));
  EXPECT_FALSE(parse_statistics(statistics_payload(-1, some)));
  Octets payload =
      octets_of(if_stats_msg{.family = 0, .pad1 = 0, .pad2 = 0, .ifindex = 5, .filter_mask = 1});
  test::append(payload, attribute(IFLA_STATS_LINK_64, Octets(40)));
  EXPECT_FALSE(parse_statistics(payload));
}

TEST(NetlinkLink, NameKindAndWhatItLiesOn) {
  const auto link = parse_link(
      link_payload({.index = 8, .name = "eth0.5", .kind = "vlan", .lower = 2, .master = 4}));
  ASSERT_TRUE(link);
  EXPECT_EQ(link->index, 8);
  EXPECT_EQ(link->name, "eth0.5");
  EXPECT_EQ(link->kind, "vlan");
  EXPECT_EQ(link->lower, 2);
  EXPECT_EQ(link->master, 4);
  EXPECT_FALSE(link->loopback);
  EXPECT_TRUE(parse_link(link_payload({.index = 1, .name = "lo"})).value().loopback);
  const auto veth = parse_link(link_payload(
      {.index = 9, .name = "veth0", .kind = "veth", .lower = 2, .lower_is_elsewhere = true}));
  EXPECT_EQ(veth.value().lower, 0) << "2 is a number of another namespace";
}

TEST(NetlinkLink, ABridgePortThatLeavesIsNoInterfaceThatGoes) {
  EXPECT_FALSE(parse_link(link_payload({.index = 8, .name = "eth0", .family = AF_BRIDGE})));
}

TEST(NetlinkLink, NamesThatAreNone) {
  EXPECT_FALSE(parse_link(link_payload({.index = 8, .name = ""})));
  EXPECT_FALSE(parse_link(link_payload({.index = 8, .name = "sixteen-letters!"})));
  EXPECT_TRUE(parse_link(link_payload({.index = 8, .name = "fifteen-letters"})));
  EXPECT_FALSE(parse_link(link_payload({.index = 0, .name = "eth0"})));
  EXPECT_FALSE(parse_link(link_payload({.index = -4, .name = "eth0"})));
  Octets payload = octets_of(ifinfomsg{});
  reinterpret_cast<ifinfomsg*>(payload.data())->ifi_index = 1;
  test::append(payload, attribute(IFLA_IFNAME, Octets(4, std::byte{'a'})));
  EXPECT_FALSE(parse_link(payload)) << "a text without its end";
}

TEST(NetlinkLink, CutAnywhereOrAttributesThatLie) {
  const Octets whole = link_payload({.index = 8, .name = "eth0", .kind = "vlan", .lower = 2});
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto link = parse_link(ByteView(whole).first(size));
    if (link) {
      EXPECT_EQ(link->name, "eth0") << size;
    }
  }
  for (const std::uint16_t length : {0, 1, 3, 9, 0x7fff, 0xffff}) {
    Octets lying = whole;  // of the name
    std::memcpy(lying.data() + sizeof(ifinfomsg), &length, sizeof length);
    const auto link = parse_link(lying);
    EXPECT_TRUE(!link || link->name.size() <= 15) << length;
  }
}

TEST(NetlinkError, CodesAndTheirLack) {
  EXPECT_EQ(parse_error(octets_of(-EOPNOTSUPP)), EOPNOTSUPP);
  EXPECT_EQ(parse_error(octets_of(0)), 0);
  EXPECT_FALSE(parse_error(Octets(3)));
  EXPECT_FALSE(parse_error(octets_of(std::numeric_limits<int>::min()))) << "has no negative";
}

TEST(NetlinkRoute, OnlyThoseToEverywhere) {
  EXPECT_TRUE(is_default_route(test::default_route_payload(AF_INET)));
  EXPECT_TRUE(is_default_route(test::default_route_payload(AF_INET6)));
  EXPECT_FALSE(is_default_route(test::default_route_payload(AF_BRIDGE)));
  rtmsg network{};
  network.rtm_family = AF_INET;
  network.rtm_dst_len = 24;
  EXPECT_FALSE(is_default_route(octets_of(network)));
  EXPECT_FALSE(is_default_route(Octets(5)));
}

TEST(NetlinkRequests, AskForAllAndForNoMoreThanIsNeeded) {
  const Octets statistics = statistics_request(7);
  const auto question = Messages(statistics).next().value();
  EXPECT_EQ(question.type, RTM_GETSTATS);
  EXPECT_EQ(question.flags, NLM_F_REQUEST | NLM_F_DUMP);
  EXPECT_EQ(question.sequence, 7U);
  if_stats_msg body{};
  ASSERT_EQ(question.payload.size(), sizeof body);
  std::memcpy(&body, question.payload.data(), sizeof body);
  EXPECT_EQ(body.filter_mask, 1U);
  const Octets links = links_request(8);
  EXPECT_EQ(Messages(links).next().value().payload.size(), sizeof(ifinfomsg) + 8);
}

}  // namespace
}  // namespace weir::netdev_source::netlink
