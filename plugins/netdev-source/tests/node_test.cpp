// SPDX-License-Identifier: Apache-2.0
// The node through the C boundary, on a machine made of files and a clock turned by hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include <weir/testing.hpp>

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

struct TestSource : NetdevSource {
  TestSource() : NetdevSource(Machine(root)) {}
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
  }
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
  counters({{"eth0", 212'500}});                      // in the 170 ms up to the boundary
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
  counters({{"eth0", 125'000 * 5}});
  bench.set_now(start + seconds(6) + milliseconds(500));
  bench.produce_until(bench.now());
  const Batch batch = concatenate(bench.take());
  ASSERT_EQ(batch.rows(), 1U);
  EXPECT_NEAR(batch.column("rx_mbps").number(0), 5 / 5.5, 1e-9);
  EXPECT_EQ(batch.times()[0], (start + seconds(5)).time_since_epoch().count());
  EXPECT_EQ(bench.count("missed_samples"), 4U);
}

TEST_F(NetdevNodeTest, ResetAndAbsenceAreRowsOfNulls) {
  Bench<TestSource> bench({{"interfaces", "eth0"}}, {}, start);
  counters({{"eth0", 5'000'000'000}});
  static_cast<void>(until(bench, seconds(1)));
  counters({{"eth0", 1000}});
  const Batch reset = until(bench, seconds(2));
  ASSERT_EQ(reset.rows(), 1U);
  EXPECT_FALSE(reset.column("rx_mbps").valid(0));
  EXPECT_FALSE(reset.column("utilization_percent").valid(0));
  EXPECT_EQ(bench.count("counter_resets"), 1U);
  counters({});
  const Batch gone = until(bench, seconds(4));
  ASSERT_EQ(gone.rows(), 1U);
  EXPECT_FALSE(gone.column("rx_mbps").valid(0));
  EXPECT_THAT(bench.logs(), Contains(HasSubstr("interface 'eth0' is gone")));
  counters({{"eth0", 9'000'000'000}});
  EXPECT_EQ(until(bench, seconds(5)).rows(), 0U);
  EXPECT_EQ(until(bench, seconds(6)).column("rx_mbps").number(0), 0);
}

TEST_F(NetdevNodeTest, NoDefaultRouteIsAWarningAndRowsStartWithOne) {
  default_route("");
  Bench<TestSource> bench({}, {}, start);
  EXPECT_THAT(bench.logs(), Contains(HasSubstr("there is no default route")));
  EXPECT_THAT(bench.logs(), Contains(HasSubstr("(there are: eth0)")));
  EXPECT_EQ(until(bench, seconds(3)).rows(), 0U);
  default_route("eth0");
  EXPECT_GE(until(bench, seconds(6)).rows(), 1U);
  EXPECT_THAT(bench.logs(), Contains(HasSubstr("the default route now goes through 'eth0'")));
}

TEST_F(NetdevNodeTest, AnInterfaceThatIsNotThereIsAWarning) {
  Bench<TestSource> bench({{"interfaces", "eth,eth0"}}, {}, start);
  ASSERT_EQ(bench.logs().size(), 1U);
  EXPECT_THAT(bench.logs()[0], HasSubstr("there is no interface 'eth'"));
  EXPECT_EQ(until(bench, seconds(2)).rows(), 2U) << "eth0 only";
}

TEST_F(NetdevNodeTest, AFileThatCannotBeReadIsToldOnceAndRecovers) {
  Bench<TestSource> bench({}, {}, start);
  static_cast<void>(until(bench, seconds(1)));
  fs::remove(root / "proc/net/dev");
  EXPECT_EQ(until(bench, seconds(4)).rows(), 0U);
  EXPECT_EQ(bench.logs().size(), 1U);
  EXPECT_EQ(bench.count("unreadable"), 3U);
  counters({{"eth0", 500'000}});
  const Batch batch = until(bench, seconds(5));
  ASSERT_EQ(batch.rows(), 1U);
  EXPECT_DOUBLE_EQ(batch.column("rx_mbps").number(0), 1)
      << "over the four seconds since the last reading";
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
  fs::remove(root / "proc/net/dev");
  EXPECT_THROW(Bench<TestSource>{}, Fatal);
}

}  // namespace
}  // namespace weir::netdev_source
