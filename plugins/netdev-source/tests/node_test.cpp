// SPDX-License-Identifier: Apache-2.0
// The node through the C boundary, on a kernel and files that the test makes and a clock turned by
// hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include <weir/testing.hpp>

#include <weir/plugin.hpp>

#include "fake_kernel.hpp"
#include "netdev_source.hpp"

namespace weir::netdev_source {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::Contains;
using ::testing::HasSubstr;
using weir::testing::Bench;
using weir::testing::OptionTexts;

fs::path root;  // of the machine of the running test
std::optional<test::FakeKernel> kernel;
std::map<std::string, double> line_rx, line_tx;

struct TestSource : NetdevSource {
  TestSource()
      : NetdevSource({[](std::uint32_t groups) { return kernel->open(groups); }, Machine(root)}) {
    options.line_rx_mbps = line_rx;  // maps cannot be given as text on the bench
    options.line_tx_mbps = line_tx;
  }
};

class NetdevNodeTest : public ::testing::Test {
 protected:
  NetdevNodeTest() {
    std::string folder = (fs::temp_directory_path() / "weir-netdev-XXXXXX").string();
    if (::mkdtemp(folder.data()) == nullptr) throw std::runtime_error("no temporary folder");
    root = folder;
    fs::create_directories(root / "proc/net");
    fs::create_directories(root / "sys/class/net/eth0/device");
    write("sys/class/net/eth0/speed", "100\n");
    default_route("eth0");
    kernel.emplace();
    line_rx.clear();
    line_tx.clear();
    kernel->set({.index = 2, .name = "eth0"});
    counters({{"eth0", 0}});
  }
  ~NetdevNodeTest() override { fs::remove_all(root); }

  static void write(const fs::path& file, const std::string& text) {
    std::ofstream(root / file) << text;
  }
  static void default_route(const std::string& interface) {
    write("proc/net/route",
          interface.empty()
              ? ""
              : interface + "\t00000000\t0102A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n");
    if (kernel)
      kernel->event(test::message(RTM_NEWROUTE, test::default_route_payload(), {0, 0, 0}));
  }
  // In the file, which netlink comes before.
  static void counters(const std::vector<std::pair<std::string, std::uint64_t>>& bytes) {
    std::string text;
    for (const auto& [name, count] : bytes) {
      text += name + ": " + std::to_string(count) + " " + std::to_string(count / 100) +
              " 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n";
    }
    write("proc/net/dev", text);
  }
  // Produces up to `time` from the start and gives what came out, as one batch.
  static Batch until(Bench<TestSource>& bench, Nanos time) {
    bench.produce_until(start + time);
    return concatenate(bench.take());
  }
  static constexpr Timestamp start{seconds(1'700'000'000)};
};

TEST_F(NetdevNodeTest, RowsAreLabelledWithTheBeginningOfTheirInterval) {
  Bench<TestSource> bench({{"interval", "200ms"}}, {}, start + milliseconds(30));
  static_cast<void>(until(bench, milliseconds(30)));  // the first reading
  kernel->count(2, 212'500);                          // in the 170 ms up to the boundary
  const Batch batch = until(bench, milliseconds(200));
  ASSERT_EQ(batch.rows(), 1U);
  EXPECT_EQ(batch.measurement(), "netdev");
  EXPECT_EQ(batch.times()[0], start.time_since_epoch().count());
  EXPECT_EQ(batch.column("interface").text(0), "eth0");
  EXPECT_DOUBLE_EQ(batch.column("rx_mbps").number(0), 10) << "over 170 ms, not over 200";
  EXPECT_DOUBLE_EQ(batch.column("bandwidth_mbps").number(0), 10);
  EXPECT_DOUBLE_EQ(batch.column("utilization_percent").number(0), 10);
  EXPECT_DOUBLE_EQ(batch.column("rx_packets_per_s").number(0), 12'500);
  EXPECT_EQ(batch.column("rx_mbps").info().unit, "Mbit/s");
  const Batch more = until(bench, milliseconds(1000));
  ASSERT_EQ(more.rows(), 4U);
  EXPECT_EQ(more.times()[3], (start + milliseconds(800)).time_since_epoch().count());
  EXPECT_TRUE(bench.logs().empty());
}

TEST_F(NetdevNodeTest, AShortFirstPieceIsNoRowOfItsOwn) {
  Bench<TestSource> bench({}, {}, start + milliseconds(900));
  EXPECT_EQ(until(bench, milliseconds(1999)).rows(), 0U)
      << "100 ms are too few for a rate of a second";
  const Batch batch = until(bench, seconds(2));
  ASSERT_EQ(batch.rows(), 1U);
  EXPECT_EQ(batch.times()[0], (start + seconds(1)).time_since_epoch().count());
}

TEST_F(NetdevNodeTest, ALateReadingIsOneRowAndCounted) {
  Bench<TestSource> bench({}, {}, start);
  static_cast<void>(until(bench, seconds(1)));
  kernel->count(2, 125'000 * 5);
  bench.set_now(start + seconds(6) + milliseconds(500));
  bench.produce_until(bench.now());
  const Batch batch = concatenate(bench.take());
  ASSERT_EQ(batch.rows(), 1U);
  EXPECT_NEAR(batch.column("rx_mbps").number(0), 5 / 5.5, 1e-9);
  EXPECT_EQ(batch.times()[0], (start + seconds(5)).time_since_epoch().count());
  EXPECT_EQ(bench.count("missed_samples"), 4U);
}

TEST_F(NetdevNodeTest, AClockThatIsSetHasMissedNothing) {
  for (const Duration step : {Duration{std::chrono::hours(24 * 30)}, -Duration{seconds(3600)}}) {
    Bench<TestSource> bench({}, {}, start);
    static_cast<void>(until(bench, seconds(1)));  // it now waits for the second
    bench.step_clock(step);
    kernel->count(2, 125'000);
    bench.produce_until(bench.now());
    const Batch batch = concatenate(bench.take());
    ASSERT_EQ(batch.rows(), 1U);
    EXPECT_DOUBLE_EQ(batch.column("rx_mbps").number(0), 1);
    EXPECT_EQ(batch.times()[0], (start + seconds(1) + step).time_since_epoch().count());
    EXPECT_EQ(bench.count("missed_samples"), 0U);
    kernel->count(2, 0);
  }
}

TEST_F(NetdevNodeTest, ResetAndAbsenceAreRowsOfNulls) {
  Bench<TestSource> bench({{"interfaces", "eth0"}}, {}, start);
  kernel->count(2, 5'000'000'000);
  static_cast<void>(until(bench, seconds(1)));
  kernel->count(2, 1000);
  const Batch reset = until(bench, seconds(2));
  ASSERT_EQ(reset.rows(), 1U);
  EXPECT_FALSE(reset.column("rx_mbps").valid(0));
  EXPECT_FALSE(reset.column("utilization_percent").valid(0));
  EXPECT_EQ(bench.count("counter_resets"), 1U);
  kernel->remove(2);
  const Batch gone = until(bench, seconds(4));
  ASSERT_EQ(gone.rows(), 1U);
  EXPECT_FALSE(gone.column("rx_mbps").valid(0));
  EXPECT_EQ(bench.count("vanished_interfaces"), 1U);
  EXPECT_THAT(bench.logs(), Contains(HasSubstr("interface 'eth0' is gone")));
  kernel->set({.index = 3, .name = "eth0"});
  kernel->count(3, 9'000'000'000);
  EXPECT_EQ(until(bench, seconds(5)).rows(), 0U);
  EXPECT_EQ(until(bench, seconds(6)).column("rx_mbps").number(0), 0);
}

TEST_F(NetdevNodeTest, ARenameIsFollowed) {
  Bench<TestSource> bench({{"interfaces", "all"}}, {}, start);
  static_cast<void>(until(bench, seconds(1)));
  kernel->set({.index = 2, .name = "wan0"});
  kernel->count(2, 125'000);
  const Batch batch = until(bench, seconds(2));
  ASSERT_EQ(batch.rows(), 2U);
  EXPECT_EQ(batch.column("interface").text(0), "wan0");
  EXPECT_DOUBLE_EQ(batch.column("rx_mbps").number(0), 1);
  EXPECT_FALSE(batch.column("rx_mbps").valid(1));
  EXPECT_THAT(bench.logs(), Contains(HasSubstr("interface 'eth0' is now called 'wan0'")));
}

TEST_F(NetdevNodeTest, NoDefaultRouteIsAWarningAndRowsStartWithOne) {
  default_route("");
  Bench<TestSource> bench({}, {}, start);
  EXPECT_THAT(bench.logs(), Contains(HasSubstr("there is no default route")));
  EXPECT_THAT(bench.logs(), Contains(HasSubstr("(there are: eth0)")));
  EXPECT_EQ(bench.count("missing_interfaces"), 1U);
  EXPECT_EQ(until(bench, seconds(3)).rows(), 0U);
  default_route("eth0");
  EXPECT_GE(until(bench, seconds(6)).rows(), 1U);
  EXPECT_THAT(bench.logs(), Contains(HasSubstr("the default route now goes through 'eth0'")));
  default_route("");
  static_cast<void>(until(bench, seconds(9)));
  EXPECT_THAT(bench.logs(), Contains(HasSubstr("the default route through 'eth0' is gone")));
}

TEST_F(NetdevNodeTest, AnInterfaceThatIsNotThereIsAWarningAndACount) {
  Bench<TestSource> bench({{"interfaces", "eth,eth0,tun*"}}, {}, start);
  ASSERT_EQ(bench.logs().size(), 2U);
  EXPECT_THAT(bench.logs()[0], HasSubstr("there is no interface 'eth'"));
  EXPECT_THAT(bench.logs()[1], HasSubstr("there is no interface 'tun*'"));
  EXPECT_EQ(bench.count("missing_interfaces"), 2U);
  EXPECT_EQ(until(bench, seconds(2)).rows(), 2U) << "eth0 only";
  kernel->set({.index = 5, .name = "tun3", .kind = "tun"});
  static_cast<void>(until(bench, seconds(4)));
  EXPECT_THAT(bench.logs(), Contains(HasSubstr("interface 'tun3' is there")));
}

TEST_F(NetdevNodeTest, SpeedIsReadAgainAfterAnEventOnly) {
  Bench<TestSource> bench({}, {}, start);
  static_cast<void>(until(bench, seconds(0)));
  kernel->count(2, 1'250'000);
  EXPECT_DOUBLE_EQ(until(bench, seconds(1)).column("utilization_percent").number(0), 10);
  write("sys/class/net/eth0/speed", "10\n");
  kernel->count(2, 2'500'000);
  EXPECT_DOUBLE_EQ(until(bench, seconds(2)).column("utilization_percent").number(0), 10);
  kernel->set({.index = 2, .name = "eth0"});  // the link went down and up
  kernel->count(2, 3'750'000);
  EXPECT_DOUBLE_EQ(until(bench, seconds(3)).column("utilization_percent").number(0), 100);
}

TEST_F(NetdevNodeTest, UtilizationOfAVirtualInterfaceOnlyWithALine) {
  fs::create_directories(root / "sys/class/net/veth0");
  write("sys/class/net/veth0/speed", "10000\n");
  kernel->set({.index = 3, .name = "veth0", .kind = "veth"});
  line_tx = {{"default", 4}};
  line_rx = {{"veth1*", 1}};
  Bench<TestSource> bench({{"interfaces", "default,veth0"}}, {}, start);
  static_cast<void>(until(bench, seconds(0)));
  kernel->count(2, 0, 250'000);
  kernel->count(3, 1'000'000);
  const Batch batch = until(bench, seconds(1));
  ASSERT_EQ(batch.rows(), 2U);
  EXPECT_DOUBLE_EQ(batch.column("utilization_percent").number(0), 50) << "2 of 4 Mbit/s";
  EXPECT_FALSE(batch.column("utilization_percent").valid(1)) << "what a veth reports is invented";
  Bench<TestSource> all({{"interfaces", "all"}}, {}, start);
  static_cast<void>(until(all, seconds(0)));
  kernel->count(2, 0, 375'000);
  EXPECT_DOUBLE_EQ(until(all, seconds(1)).column("utilization_percent").number(0), 25)
      << "the line of the default route, though `default` is not listed";
  line_rx = {{"veth*", -1}};
  EXPECT_THROW(Bench<TestSource>{}, Fatal);
}

TEST_F(NetdevNodeTest, AReadingThatFailsIsToldOnceAndRecovers) {
  Bench<TestSource> bench({}, {}, start);
  static_cast<void>(until(bench, seconds(1)));
  kernel->refuses = ENOBUFS;
  kernel->failing_sends = 1;
  EXPECT_EQ(until(bench, seconds(4)).rows(), 0U);
  EXPECT_EQ(bench.logs().size(), 1U);
  EXPECT_EQ(bench.count("unreadable"), 3U);
  kernel->refuses = 0;
  kernel->count(2, 500'000);
  const Batch batch = until(bench, seconds(5));
  ASSERT_EQ(batch.rows(), 1U);
  EXPECT_DOUBLE_EQ(batch.column("rx_mbps").number(0), 1)
      << "over the four seconds since the last reading";
}

TEST_F(NetdevNodeTest, InterruptedDumpsAreCounted) {
  Bench<TestSource> bench({}, {}, start);
  static_cast<void>(until(bench, seconds(0)));
  kernel->interrupted_dumps = 1;
  EXPECT_EQ(until(bench, seconds(1)).rows(), 1U);
  EXPECT_EQ(bench.count("interrupted_dumps"), 1U);
}

TEST_F(NetdevNodeTest, WithoutStatisticsOfNetlinkTheFileIsReadAndThatIsSaidOnce) {
  kernel->without_statistics = true;
  Bench<TestSource> bench({{"interfaces", "default"}}, {}, start);
  static_cast<void>(until(bench, seconds(0)));
  counters({{"eth0", 125'000}, {"eth10", 9'000'000}});
  const Batch batch = until(bench, seconds(1));
  ASSERT_EQ(batch.rows(), 1U);
  EXPECT_DOUBLE_EQ(batch.column("rx_mbps").number(0), 1);
  EXPECT_DOUBLE_EQ(batch.column("utilization_percent").number(0), 1);
  static_cast<void>(until(bench, seconds(3)));
  ASSERT_EQ(bench.logs().size(), 1U);
  EXPECT_THAT(bench.logs()[0], HasSubstr("the counters are read from /proc/net/dev"));
}

TEST_F(NetdevNodeTest, TheFileThatCannotBeReadIsToldOnceAndRecovers) {
  kernel->refuses = EAFNOSUPPORT;
  Bench<TestSource> bench({}, {}, start);
  ASSERT_EQ(bench.logs().size(), 1U);
  EXPECT_THAT(bench.logs()[0], HasSubstr("the counters are read from /proc/net/dev"));
  static_cast<void>(until(bench, seconds(1)));
  fs::remove(root / "proc/net/dev");
  EXPECT_EQ(until(bench, seconds(4)).rows(), 0U);
  EXPECT_EQ(bench.logs().size(), 2U);
  EXPECT_EQ(bench.count("unreadable"), 3U);
  counters({{"eth0", 500'000}});
  EXPECT_DOUBLE_EQ(until(bench, seconds(5)).column("rx_mbps").number(0), 1);
  counters({});
  EXPECT_FALSE(until(bench, seconds(6)).column("rx_mbps").valid(0)) << "gone";
  counters({{"eth0", 9'000'000'000}});
  EXPECT_EQ(until(bench, seconds(7)).rows(), 0U);
  EXPECT_EQ(until(bench, seconds(8)).column("rx_mbps").number(0), 0);
}

TEST_F(NetdevNodeTest, AClockSetBackDoesNotStopIt) {
  Bench<TestSource> bench({}, {}, start);
  static_cast<void>(until(bench, seconds(2)));
  bench.set_now(start - seconds(3600));
  const Next next = bench.produce();
  const Next after = std::holds_alternative<Wait>(next) ? next : bench.produce();
  ASSERT_TRUE(std::holds_alternative<Wait>(after));
  EXPECT_LE(std::get<Wait>(after).until, bench.now() + seconds(1));
}

TEST_F(NetdevNodeTest, NothingToReadIsAnError) {
  const OptionTexts options{{"interfaces", " , "}};
  EXPECT_THROW(Bench<TestSource>{options}, Fatal);
  kernel->refuses = EPERM;
  fs::remove(root / "proc/net/dev");
  EXPECT_THROW(Bench<TestSource>{}, Fatal);
}

}  // namespace
}  // namespace weir::netdev_source
