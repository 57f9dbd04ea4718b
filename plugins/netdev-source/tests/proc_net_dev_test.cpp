// SPDX-License-Identifier: Apache-2.0
#include "proc_net_dev.hpp"

#include <gtest/gtest.h>

#include "machine.hpp"

namespace weir::netdev_source {
namespace {

const std::filesystem::path fixtures =
    std::filesystem::path(WEIR_SOURCE_DIR) / "plugins/netdev-source/tests/fixtures";

TEST(ProcNetDev, FixtureOfAServer) {
  const InterfaceTable table = Machine(fixtures / "server").interfaces();
  ASSERT_EQ(table.interfaces.size(), 4U);
  EXPECT_EQ(table.malformed_lines, 0U);
  EXPECT_EQ(table.interfaces[0].name, "lo");
  EXPECT_EQ(table.find("eth1")->counters, (Counters{.rx_bytes = 1'000'000,
                                                    .rx_packets = 1000,
                                                    .rx_errors = 1,
                                                    .rx_drops = 2,
                                                    .tx_bytes = 2'000'000,
                                                    .tx_packets = 2000,
                                                    .tx_errors = 7,
                                                    .tx_drops = 8}));
}

TEST(ProcNetDev, Eth1IsNotEth10) {
  const InterfaceTable table = Machine(fixtures / "server").interfaces();
  EXPECT_EQ(table.find("eth10")->counters.rx_bytes, 123'456'789'012'345'678U)
      << "no blank behind the colon";
  EXPECT_EQ(table.find("eth10")->counters.tx_bytes, 18'446'744'073'709'551'615U);
  EXPECT_EQ(table.find("eth"), nullptr);
  EXPECT_EQ(table.find("eth100"), nullptr);
}

TEST(ProcNetDev, MalformedLinesAreCountedAndLeftOut) {
  const InterfaceTable table = parse_proc_net_dev(
      "eth0: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15\n"                        // one column too few
      "eth1: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 -1\n"                     // negative
      "eth2: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16x\n"                    // not a number
      "eth3: 99999999999999999999 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n"  // too large
      ": 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n"
      "no colon here\n"
      "\n"
      "good: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17");  // a column of a later kernel, no newline
  EXPECT_EQ(table.malformed_lines, 6U);
  ASSERT_EQ(table.interfaces.size(), 1U);
  EXPECT_EQ(table.interfaces[0].name, "good");
  EXPECT_EQ(table.interfaces[0].counters.tx_drops, 12U);
}

TEST(ProcNetDev, CutAnywhereItGivesOnlyWholeInterfaces) {
  const std::string line = "  eth0: 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26";
  for (std::size_t size = 0; size + 2 < line.size(); ++size) {
    EXPECT_TRUE(parse_proc_net_dev(line.substr(0, size)).interfaces.empty()) << size;
  }
  EXPECT_EQ(parse_proc_net_dev(line).interfaces.size(), 1U);
}

TEST(MachineTest, SpeedOnlyWhereThereIsAWire) {
  const Machine server(fixtures / "server");
  EXPECT_EQ(server.link("eth1").speed_mbps, 1000);
  EXPECT_FALSE(server.link("eth1").half_duplex);
  EXPECT_FALSE(server.link("eth10").speed_mbps) << "-1 is unknown";
  EXPECT_FALSE(server.link("br0").speed_mbps) << "virtual";
  EXPECT_FALSE(server.link("lo").speed_mbps);
  EXPECT_FALSE(server.link("gone0").speed_mbps);
}

TEST(MachineTest, ADriverIsAskedBeforeSysIsRead) {
  const Machine asked(fixtures / "server", [](const std::string& name) -> std::optional<Link> {
    if (name == "eth10") return Link{.speed_mbps = 2500, .half_duplex = true};
    return std::nullopt;
  });
  EXPECT_EQ(asked.link("eth10").speed_mbps, 2500);
  EXPECT_TRUE(asked.link("eth10").half_duplex);
  EXPECT_EQ(asked.link("eth1").speed_mbps, 1000) << "from /sys where it cannot be asked";
  EXPECT_FALSE(asked.link("br0").speed_mbps);
}

TEST(MachineTest, NoTableIsAnErrorWithItsPath) {
  try {
    static_cast<void>(Machine(fixtures / "no-such-machine").interfaces());
    FAIL() << "nothing was thrown";
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find("no-such-machine/proc/net/dev"), std::string::npos);
  }
}

TEST(MachineTest, ThisOneHasALoopback) {
  EXPECT_NE(Machine().interfaces().find("lo"), nullptr);
  EXPECT_EQ(Machine().interfaces().malformed_lines, 0U);
}

}  // namespace
}  // namespace weir::netdev_source
