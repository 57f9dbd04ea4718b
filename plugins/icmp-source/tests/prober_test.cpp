// SPDX-License-Identifier: Apache-2.0
// Sending: who is asked when, what the clocks and the kernel say of it, how intervals end.
#include <gtest/gtest.h>

#include <cerrno>
#include <map>
#include <set>

#include "prober_testing.hpp"

namespace weir::icmp_source::testing {
namespace {

using std::chrono::microseconds;

TEST_F(ProberTest, OneRowPerTargetAndIntervalOfBothFamilies) {
  profile().count = 4;
  start({"192.0.2.1", "2001:db8::1", "192.0.2.2"});
  run(seconds(3) + milliseconds(200));
  ASSERT_EQ(reports.size(), 3U);
  for (std::size_t i = 0; i < reports.size(); ++i) {
    EXPECT_EQ(reports[i].label, utc_of_start + seconds(i));
    ASSERT_EQ(reports[i].rows.size(), 3U);
    for (const auto& row : reports[i].rows) {
      EXPECT_EQ(row.summary.sent, 4);
      EXPECT_EQ(row.summary.received, 4);
      EXPECT_EQ(row.summary.loss_percent, 0);
      EXPECT_DOUBLE_EQ(row.summary.rtt_p50_ms.value(), 10);
      EXPECT_NEAR(row.summary.jitter_ms, 0, 1e-9);
    }
    EXPECT_EQ(reports[i].rows[1].address, address("2001:db8::1"));
  }
  EXPECT_EQ(rejected(), 0U);
  EXPECT_EQ(v4.requests.size(), 2 * v6.requests.size());
}

TEST_F(ProberTest, ProbesAreSpreadAndNeverBurst) {
  constexpr std::size_t targets = 100;
  profile().count = 2;
  start(std::vector<std::string>(targets, "192.0.2.1"));
  run(seconds(2));
  std::map<Nanos, int> by_moment;
  for (const Request& request : v4.requests)
    ++by_moment[request.sent_at / milliseconds(50) * milliseconds(50)];
  ASSERT_EQ(by_moment.size(), 40U);
  // 200 probes a second: ten in each 50 ms, give or take those at its edges.
  for (const auto& [moment, count] : by_moment) EXPECT_NEAR(count, 10, 2) << moment.count();
}

TEST_F(ProberTest, ARefusedSendIsALostProbeAndTold) {
  v4.refuse = [](const Request& request) {
    return request.to == address("192.0.2.1") ? ENETUNREACH : 0;
  };
  std::vector<std::pair<std::uint32_t, int>> told;
  start({"192.0.2.1", "192.0.2.2"});
  prober->on_send_failed = [&](std::uint32_t slot, int error) { told.emplace_back(slot, error); };
  run(seconds(1) + milliseconds(100));
  ASSERT_EQ(reports.size(), 1U);
  EXPECT_EQ(reports[0].rows[0].summary.loss_percent, 100);
  EXPECT_EQ(reports[0].rows[1].summary.loss_percent, 0);
  ASSERT_FALSE(told.empty());
  EXPECT_EQ(told[0], std::pair(std::uint32_t{0}, ENETUNREACH));
}

TEST_F(ProberTest, UnresolvedTargetsAreRowsWithNothingSent) {
  start({"192.0.2.1", ""});
  run(seconds(2) + milliseconds(50));
  ASSERT_EQ(reports.size(), 2U);
  ASSERT_EQ(reports[0].rows.size(), 2U);
  EXPECT_FALSE(reports[0].rows[1].address);
  EXPECT_EQ(reports[0].rows[1].summary.sent, 0);
  EXPECT_EQ(reports[0].rows[1].summary.loss_percent, 100);
  prober->set_address(1, address("2001:db8::5"));
  run(seconds(2));
  EXPECT_EQ(reports.back().rows[1].address, address("2001:db8::5"));
  EXPECT_EQ(reports.back().rows[1].summary.loss_percent, 0);
}

TEST_F(ProberTest, AnAddressThatChangesLosesNothing) {
  v4.script = [](const FakeSocket& socket, const Request& request) {
    return std::vector{socket.reply(request, milliseconds(400))};
  };
  profile().count = 10;
  start({"192.0.2.1"});
  run(milliseconds(2500));
  prober->set_address(0, address("192.0.2.2"));
  run(milliseconds(2500));
  ASSERT_GE(reports.size(), 4U);
  for (const auto& report : reports) EXPECT_EQ(report.rows[0].summary.loss_percent, 0);
  EXPECT_EQ(reports[2].rows[0].address, address("192.0.2.1")) << "until the interval ends";
  EXPECT_EQ(reports[3].rows[0].address, address("192.0.2.2"));
}

TEST_F(ProberTest, TheFirstIntervalIsPartialAndHonest) {
  now += milliseconds(500);
  profile().count = 10;
  start({"192.0.2.1"});
  run(milliseconds(600));
  ASSERT_EQ(reports.size(), 1U);
  EXPECT_EQ(reports[0].label, utc_of_start);
  EXPECT_EQ(reports[0].rows[0].summary.sent, 5);
  EXPECT_EQ(reports[0].rows[0].summary.loss_percent, 0);
}

TEST_F(ProberTest, ASleepingMachineSkipsAndDoesNotBurst) {
  profile().count = 10;
  start({"192.0.2.1"});
  run(seconds(2));
  const auto before = v4.requests.size();
  now += seconds(3600);
  step();
  EXPECT_LE(v4.requests.size() - before, 10U) << "at most what one interval holds";
  run(seconds(3));
  for (const auto& report : reports) EXPECT_LE(report.rows[0].summary.sent, 10);
  EXPECT_EQ(reports.back().rows[0].summary.sent, 10);
  EXPECT_EQ(reports.back().label, utc_of_start + seconds(3603));
  EXPECT_EQ(counters().clock_steps, 1U);
}

TEST_F(ProberTest, AClockStepLosesNoProbe) {
  profile().count = 10;
  start({"192.0.2.1"});
  run(milliseconds(2500));
  utc_offset += seconds(7200);
  run(milliseconds(2500));
  ASSERT_GE(reports.size(), 4U);
  for (const auto& report : reports) {
    EXPECT_EQ(report.rows[0].summary.sent, 10);
    EXPECT_EQ(report.rows[0].summary.loss_percent, 0);
    EXPECT_EQ(report.label % seconds(1), Nanos{});
  }
  EXPECT_EQ(counters().clock_steps, 1U);
  EXPECT_EQ(reports.back().label - reports.front().label, seconds(7200 + reports.size() - 1));
}

TEST_F(ProberTest, TheEndKeepsWhatWasMeasured) {
  v4.script = [](const FakeSocket& socket, const Request& request) -> std::vector<Answer> {
    if (request.index == 0) return {};  // lost, and its interval still open because of it
    return {socket.reply(request, milliseconds(1))};
  };
  profile().count = 4;
  config.timeout = seconds(10);
  start({"192.0.2.1"});
  run(seconds(3) - milliseconds(1));
  EXPECT_TRUE(reports.empty());
  prober->finish();
  take_rows();
  ASSERT_EQ(reports.size(), 3U);
  EXPECT_EQ(reports[0].rows[0].summary.sent, 3) << "what was under way counts as never sent";
  EXPECT_EQ(reports[0].rows[0].summary.loss_percent, 0);
  EXPECT_EQ(reports[2].rows[0].summary.received, 4);
}

TEST_F(ProberTest, WakeUpsAreCoalescedToTicks) {
  config.tick = milliseconds(10);
  profile().count = 10;
  start(std::vector<std::string>(20, "192.0.2.1"));
  step();
  std::set<Nanos> wakes;
  for (int i = 0; i < 100; ++i) {
    now = prober->next_wake();
    EXPECT_EQ(now % milliseconds(10), Nanos{});
    wakes.insert(now);
    step();
  }
  EXPECT_EQ(wakes.size(), 100U) << "each wake-up moves on";
}

TEST_F(ProberTest, TenThousandTargetsMatchEachReply) {
  std::vector<std::string> targets;
  for (int i = 0; i < 10'000; ++i)
    targets.push_back("10.0." + std::to_string(i / 250) + "." + std::to_string(i % 250 + 1));
  v4.script = [](const FakeSocket& socket, const Request& request) {
    return std::vector{socket.reply(request, microseconds(100 + request.to.bytes[3] * 10))};
  };
  start(targets);
  run(seconds(2) + milliseconds(20));
  ASSERT_EQ(reports.size(), 2U);
  ASSERT_EQ(reports[1].rows.size(), 10'000U);
  for (const auto& row : reports[1].rows) {
    ASSERT_EQ(row.summary.received, 1);
    ASSERT_NEAR(row.summary.rtt_avg_ms.value(), 0.1 + row.address->bytes[3] * 0.01, 1e-9);
  }
}

// Stamps `queued` and `sent` after the process's own.
auto stamps_after(Nanos queued, Nanos sent) {
  return [=](const Request& request) {
    const std::uint32_t number = request.echo.stamp.probe;
    return std::vector{SendStamp{number, Stage::queued, request.sent_at + queued},
                       SendStamp{number, Stage::sent, request.sent_at + sent}};
  };
}

TEST_F(ProberTest, TheRoundTripIsSplitByTheKernelsStamps) {
  v4.stamp = stamps_after(milliseconds(1), milliseconds(4));
  v4.script = [](const FakeSocket& socket, const Request& request) {
    return std::vector{socket.reply(request, milliseconds(10))};
  };
  profile().count = 10;
  start({"192.0.2.1"});
  run(seconds(2));
  ASSERT_GE(reports.size(), 1U);
  const Figures& figures = reports[0].rows[0].summary;
  EXPECT_NEAR(figures.rtt_p50_ms.value(), 9, 1e-6) << "from the queue of the interface on";
  EXPECT_NEAR(figures.egress_ms, 3, 1e-6);
  EXPECT_NEAR(figures.path_ms, 6, 1e-6);
  EXPECT_NEAR(figures.host_stall_ms, 1, 0.01);
  EXPECT_EQ(figures.stamped, 10);
  EXPECT_EQ(figures.stalled, 0);
  EXPECT_EQ(counters().unstamped, 0U);
}

TEST_F(ProberTest, WithoutStampsTheProcesssOwnTimeCountsAndIsSaid) {
  start({"192.0.2.1"});
  run(seconds(2) + milliseconds(50));
  EXPECT_DOUBLE_EQ(reports.at(0).rows[0].summary.rtt_p50_ms.value(), 10);
  EXPECT_EQ(reports[0].rows[0].summary.stamped, 0);
  EXPECT_GE(counters().unstamped, 2U);
}

TEST_F(ProberTest, StampsThatCannotBeAreIgnored) {
  v4.stamp = [](const Request& request) {
    const std::uint32_t number = request.echo.stamp.probe;
    return std::vector{SendStamp{number, Stage::queued, request.sent_at - seconds(3)},
                       SendStamp{number, Stage::sent, request.sent_at + seconds(3600)},
                       SendStamp{number + 77, Stage::sent, request.sent_at}};
  };
  start({"192.0.2.1"});
  run(seconds(2));
  EXPECT_DOUBLE_EQ(reports.at(0).rows[0].summary.rtt_p50_ms.value(), 10);
  EXPECT_EQ(reports[0].rows[0].summary.stamped, 0);
}

TEST_F(ProberTest, SamplesOfAStalledHostAreMarked) {
  v4.stamp = stamps_after(milliseconds(30), milliseconds(30));
  profile().count = 4;
  v4.script = [](const FakeSocket& socket, const Request& request) {
    return std::vector{socket.reply(request, milliseconds(40))};
  };
  start({"192.0.2.1"});
  run(seconds(2));
  const Figures& figures = reports.at(0).rows[0].summary;
  EXPECT_EQ(figures.stalled, 4);
  EXPECT_NEAR(figures.rtt_p50_ms.value(), 10, 0.05) << "the stall is not the network's";
  EXPECT_GE(figures.host_stall_ms, 30);
}

TEST_F(ProberTest, AWakeUpThatComesLateIsAStall) {
  profile().count = 10;
  start({"192.0.2.1"});
  run(milliseconds(1500));
  EXPECT_EQ(counters().stalls, 0U);
  now = prober->next_wake() + milliseconds(300);
  step();
  EXPECT_EQ(counters().stalls, 1U);
  run(milliseconds(700));
  EXPECT_GE(reports.back().rows[0].summary.stalled, 1);
  EXPECT_GE(reports.back().rows[0].summary.host_stall_ms, 100);
}

TEST_F(ProberTest, TargetsOfSeveralPacesKeepTheirOwn) {
  config.profiles = {Profile{.interval = milliseconds(100), .count = 2},
                     Profile{.interval = seconds(1), .count = 5, .payload = 200}};
  config.profiles[1].packet.hop_limit = 3;
  config.profile_of = {0, 0, 1};
  start({"192.0.2.1", "192.0.2.2", "192.0.2.3"});
  run(seconds(3));
  std::map<std::uint32_t, int> rows;
  for (const auto& report : reports) {
    for (const auto& row : report.rows) {
      ++rows[row.target];
      EXPECT_EQ(row.summary.loss_percent, 0);
      EXPECT_EQ(row.summary.sent, row.target == 2 ? 5 : 2);
    }
  }
  EXPECT_EQ(rows[2], 2);
  EXPECT_NEAR(rows[0], 29, 1);
  for (const Request& request : v4.requests) {
    const bool third = request.to == address("192.0.2.3");
    EXPECT_EQ(request.packet.size(), icmp_header_size + (third ? 200 : 56));
    EXPECT_EQ(request.options.has_value(), third);
  }
}

TEST_F(ProberTest, AFloodIsStampedInSamples) {
  profile().count = 10'000;
  config.tick = milliseconds(10);
  start(std::vector<std::string>(10, "192.0.2.1"));
  run(milliseconds(200));
  std::size_t stamped = 0;
  for (const Request& request : v4.requests) stamped += request.stamped ? 1 : 0;
  EXPECT_GT(v4.requests.size(), 10'000U);
  EXPECT_NEAR(static_cast<double>(stamped), static_cast<double>(v4.requests.size()) / 16, 10);
  EXPECT_FALSE(prober->wants_wake_by_reply());
}

}  // namespace
}  // namespace weir::icmp_source::testing
