// SPDX-License-Identifier: Apache-2.0
// Real interfaces, real netlink, in a network namespace of this process: what a fake cannot show.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include <weir/plugin.hpp>
#include <weir/testing.hpp>

#include "channel_linux.hpp"
#include "ethtool.hpp"
#include "netdev_source.hpp"
#include "network_namespace.hpp"
#include "proc_reader.hpp"

namespace weir::netdev_source {
namespace {

using std::chrono::seconds;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;
using weir::testing::Bench;

constexpr std::size_t frames = 200, frame_bytes = 1250;  // 2 Mbit
constexpr std::uint64_t own_packets = 20'000;            // what the kernel may send by itself

class Namespace : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { why_not_ = test::enter_own_namespace(); }
  void SetUp() override {
    if (!why_not_.empty()) GTEST_SKIP() << why_not_;
    test::add_cable("eth1", "eth10");
  }
  void TearDown() override {
    if (!why_not_.empty()) return;
    for (const char* name : {"eth1", "wan0", "new1"}) {
      try {
        test::remove_interface(name);
      } catch (const std::runtime_error&) {
      }  // another test's
    }
  }
  static NetlinkReader::World world() { return {open_channel, Machine("/", ethtool_link)}; }
  static const Counters& counters_of(const Reading& reading, const std::string& name) {
    for (const Present& present : reading.present) {
      for (const Measured& measured : reading.measured) {
        if (present.name == name && measured.index == present.index) return measured.counters;
      }
    }
    throw std::runtime_error("no counters of " + name);
  }
  static std::vector<std::string> names(const Reading& reading) {
    std::vector<std::string> all;
    for (const Present& present : reading.present) all.push_back(present.name);
    return all;
  }

  static inline std::string why_not_;
  const Clock clock = [] { return Nanos(std::chrono::steady_clock::now().time_since_epoch()); };
};

TEST_F(Namespace, CountersAreThoseOfTheKernelsOwnTable) {
  test::send_frames("eth1", frames, frame_bytes);
  NetlinkReader by_netlink(world(), false);
  ProcReader by_file(Machine(), false);
  const Reading before = by_netlink.read(clock);
  const Counters one = counters_of(before, "eth1"), other = counters_of(before, "eth10");
  EXPECT_GE(one.tx_bytes, frames * frame_bytes);
  EXPECT_LT(one.tx_bytes, frames * frame_bytes + own_packets);
  EXPECT_GE(other.rx_packets, frames);
  const Reading file = by_file.read(clock);
  for (const char* name : {"lo", "eth1", "eth10"}) {
    const Counters& netlink = counters_of(before, name);
    const Counters& text = counters_of(file, name);
    EXPECT_NEAR(static_cast<double>(netlink.tx_bytes), static_cast<double>(text.tx_bytes),
                static_cast<double>(own_packets))
        << name;
    EXPECT_EQ(netlink.rx_errors, text.rx_errors) << name;
  }
}

TEST_F(Namespace, NamesAreFollowedByTheEventsOfTheKernel) {
  NetlinkReader reader(world(), true);
  EXPECT_TRUE(reader.read(clock).changed);
  EXPECT_FALSE(reader.read(clock).changed);
  test::rename_interface("eth1", "wan0");
  const Reading renamed = reader.read(clock);
  EXPECT_TRUE(renamed.changed);
  EXPECT_THAT(names(renamed), Contains("wan0"));
  EXPECT_THAT(names(renamed), Not(Contains("eth1")));
  test::add_cable("new1", "new2");
  EXPECT_THAT(names(reader.read(clock)), Contains("new2"));
  test::remove_interface("new1");
  EXPECT_THAT(names(reader.read(clock)), Not(Contains("new2"))) << "both ends go";
}

TEST_F(Namespace, ThousandsOfEventsThatNobodyFetchedAreMadeGood) {
  NetlinkReader reader(world(), false);
  static_cast<void>(reader.read(clock));
  for (int i = 0; i < 2000; ++i) test::touch_interface("eth1");
  test::rename_interface("eth1", "wan0");
  const Reading reading = reader.read(clock);
  EXPECT_THAT(names(reading), Contains("wan0"));
  EXPECT_THAT(names(reading), Not(Contains("eth1")));
  EXPECT_THAT(reading.counts, Contains(::testing::Pair(::testing::StrEq("lost_events"), 1)))
      << "the socket never overflowed: the test shows nothing";
}

TEST_F(Namespace, AVethHasNoSpeedThoughItsDriverInventsOne) {
  NetlinkReader reader(world(), false);
  const Reading reading = reader.read(clock);
  for (const Present& present : reading.present)
    EXPECT_FALSE(reader.link(present).speed_mbps) << present.name;
  EXPECT_EQ(ethtool_link("eth1").value().speed_mbps, 10'000) << "what veth answers";
  EXPECT_FALSE(ethtool_link("no-such0").value().speed_mbps);
}

TEST_F(Namespace, TheNodeGivesTheRatesOfWhatWasSent) {
  constexpr Timestamp start{seconds(1'700'000'000)};
  Bench<NetdevSource> bench({{"interfaces", "eth1"}}, {}, start);
  EXPECT_TRUE(bench.logs().empty());
  bench.produce_until(start);
  test::send_frames("eth1", frames, frame_bytes);
  bench.produce_until(start + seconds(1));
  const Batch batch = concatenate(bench.take());
  ASSERT_EQ(batch.rows(), 1U) << "eth10 is not eth1";
  EXPECT_GE(batch.column("tx_mbps").number(0), 2);
  EXPECT_LT(batch.column("tx_mbps").number(0), 2 + own_packets * 8 / 1e6);
  EXPECT_GE(batch.column("tx_packets_per_s").number(0), frames);
  EXPECT_FALSE(batch.column("utilization_percent").valid(0));
}

TEST_F(Namespace, TheNodeOverARenameAndOverOneThatGoesAndComes) {
  constexpr Timestamp start{seconds(1'700'000'000)};
  Bench<NetdevSource> bench({{"interfaces", "eth1,wan*,tun0"}}, {}, start);
  ASSERT_EQ(bench.logs().size(), 2U);
  EXPECT_EQ(bench.count("missing_interfaces"), 2U);
  bench.produce_until(start + seconds(1));
  static_cast<void>(bench.take());
  test::send_frames("eth1", frames, frame_bytes);
  test::rename_interface("eth1", "wan0");
  bench.produce_until(start + seconds(2));
  const Batch renamed = concatenate(bench.take());
  ASSERT_EQ(renamed.rows(), 2U);
  EXPECT_EQ(renamed.column("interface").text(0), "wan0");
  EXPECT_GE(renamed.column("tx_mbps").number(0), 2) << "nothing is lost over the rename";
  EXPECT_FALSE(renamed.column("tx_mbps").valid(1));
  test::remove_interface("wan0");
  test::add_cable("wan0", "eth10");
  test::send_frames("wan0", 2 * frames, frame_bytes);
  bench.produce_until(start + seconds(3));
  const Batch replaced = concatenate(bench.take());
  ASSERT_EQ(replaced.rows(), 1U);
  EXPECT_FALSE(replaced.column("tx_mbps").valid(0)) << "another interface with the old name";
  EXPECT_THAT(bench.logs(), Contains(HasSubstr("interface 'wan0' is gone")));
}

}  // namespace
}  // namespace weir::netdev_source
