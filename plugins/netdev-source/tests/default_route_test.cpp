// SPDX-License-Identifier: Apache-2.0
#include "default_route.hpp"

#include <gtest/gtest.h>

#include "machine.hpp"

namespace weir::netdev_source {
namespace {

const std::filesystem::path fixtures =
    std::filesystem::path(WEIR_SOURCE_DIR) / "plugins/netdev-source/tests/fixtures";
constexpr auto none = std::nullopt;

TEST(DefaultRoute, SmallestMetricWins) {
  EXPECT_EQ(Machine(fixtures / "server").default_interface(), "eth1")
      << "100 before 200, though listed later";
}

TEST(DefaultRoute, Ipv6WhereIpv4HasNoneAndRejectsAreNoRoutes) {
  EXPECT_EQ(Machine(fixtures / "ipv6-only").default_interface(), "ens3");
}

TEST(DefaultRoute, NoneAtAll) {
  EXPECT_EQ(default_interface("", ""), none);
  EXPECT_EQ(Machine(fixtures / "no-such-machine").default_interface(), none);
}

TEST(DefaultRoute, WhatOnlyLooksLikeOne) {
  EXPECT_EQ(default_interface("eth0\t00000000\t0102A8C0\t0003\t0\t0\t0\t00FFFFFF\t0\t0\t0\n", ""),
            none)
      << "0.0.0.0/24 is a network";
  EXPECT_EQ(default_interface("eth0\t00000000\t0102A8C0\t0002\t0\t0\t0\t00000000\t0\t0\t0\n", ""),
            none)
      << "down";
  EXPECT_EQ(default_interface("eth0\t00000000\t00000000\t0201\t0\t0\t0\t00000000\t0\t0\t0\n", ""),
            none)
      << "rejects";
  EXPECT_EQ(default_interface("eth0\t00000000\t0102A8C0\t0003\t0\t0\t0\n", ""), none)
      << "cut short";
  EXPECT_EQ(default_interface("eth0\t00000000\t0102A8C0\tzzzz\t0\t0\t0\t00000000\n", ""), none);
  EXPECT_EQ(default_interface(
                "", "00000000000000000000000000000000 40 0 00 0 00000001 0 0 00000003 eth0"),
            none)
      << "::/64";
}

TEST(DefaultRoute, WithoutNewlineAtTheEnd) {
  EXPECT_EQ(default_interface("eth0\t00000000\t0102A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0", ""),
            "eth0");
}

}  // namespace
}  // namespace weir::netdev_source
