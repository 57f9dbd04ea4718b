// SPDX-License-Identifier: Apache-2.0
#include "prober.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <random>
#include <set>

#include "fake_network.hpp"

namespace weir::icmp_source::testing {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Nanos utc_of_start = seconds(1'700'000'000);

// What a tally says, kept after it is gone.
struct Figures {
  Figures() = default;
  explicit Figures(const Tally& tally)
      : loss(tally.loss),
        sent(tally.loss.sent),
        received(tally.loss.received),
        loss_percent(tally.loss.loss_percent()),
        rtt_avg_ms(tally.rtt.mean_ms()),
        rtt_p50_ms(tally.rtt.percentile_ms(50)),
        rtt_max_ms(tally.rtt.max_ms()),
        jitter_ms(tally.jitter_ms),
        host_stall_ms(tally.host_stall_ms),
        egress_ms(tally.egress_queue_ms.value()),
        path_ms(tally.path_ms.value()),
        ipdv_ms(tally.ipdv_ms.value()),
        stamped(tally.stamped),
        stalled(tally.stalled),
        icmp_errors(tally.icmp_errors),
        icmp_type(tally.icmp_type),
        icmp_code(tally.icmp_code) {}
  probing::LossTally loss;
  std::int64_t sent = 0, received = 0;
  double loss_percent = 100;
  std::optional<double> rtt_avg_ms, rtt_p50_ms, rtt_max_ms;
  double jitter_ms = -1, host_stall_ms = 0, egress_ms = 0, path_ms = 0, ipdv_ms = 0;
  int stamped = 0, stalled = 0, icmp_errors = 0, icmp_type = 0, icmp_code = 0;
};
struct Row {
  std::uint32_t target;
  std::optional<Address> address;
  Figures summary;
  std::uint64_t dropped;
};
struct Report {
  Nanos label;
  std::vector<Row> rows;
};

// A prober, two scripted sockets and a clock that runs from wake-up to wake-up.
class ProberTest : public ::testing::Test {
 protected:
  explicit ProberTest(Form v4_form = Form::ipv4_with_header)
      : v4(now, v4_form, 0x1111), v6(now, Form::ipv6, 0x2222) {}

  ProberConfig config{
      .tick = milliseconds(1), .seed = 5, .key = {1, 2}, .first_number = 0xfffffff0};
  Nanos now = seconds(50);
  Nanos utc_offset = utc_of_start - seconds(50);
  FakeSocket v4, v6;
  std::unique_ptr<Prober> prober;
  std::vector<Report> reports;

  Profile& profile() { return config.profiles[0]; }
  void start(const std::vector<std::string>& addresses) {
    if (config.profile_of.empty()) config.profile_of.resize(addresses.size());
    prober = std::make_unique<Prober>(config, std::vector<Socket*>{&v4, &v6});
    for (std::size_t i = 0; i < addresses.size(); ++i) {
      if (!addresses[i].empty())
        prober->set_address(static_cast<std::uint32_t>(i), address(addresses[i]));
    }
  }
  void step() {
    prober->step({.monotonic = now, .utc = now + utc_offset});
    take_rows();
  }
  // Rows of one label together.
  void take_rows() {
    IntervalRow row;
    while (prober->next_row(row)) {
      if (reports.empty() || reports.back().label != row.label) reports.push_back({row.label, {}});
      reports.back().rows.push_back({row.slot, row.address,
                                     row.tally != nullptr ? Figures(*row.tally) : Figures{},
                                     row.receive_dropped});
    }
  }
  // As the engine does it: at the wake-up, or sooner when a datagram is there (looked at each ms).
  void run(Nanos duration) {
    const Nanos end = now + duration;
    while (now < end) {
      step();
      ASSERT_GT(prober->next_wake(), now - seconds(1));
      now = std::min({end, std::max(prober->next_wake(), now + Nanos{1}), now + milliseconds(1)});
    }
  }
  const Counters& counters() { return prober->counters(); }
  std::uint64_t rejected() {
    std::uint64_t sum = 0;
    for (const auto count : counters().rejected) sum += count;
    return sum;
  }
};

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

TEST_F(ProberTest, LossIsExactlyWhatTheNetworkLost) {
  std::mt19937 random(3);
  std::set<std::size_t> lost;
  v4.script = [&](const FakeSocket& socket, const Request& request) -> std::vector<Answer> {
    if (random() % 4 == 0) {
      lost.insert(request.index);
      return {};
    }
    return {socket.reply(request, milliseconds(random() % 900))};  // heavy reordering
  };
  profile().count = 50;
  config.timeout = seconds(1);
  start({"192.0.2.1"});
  run(seconds(10) + milliseconds(2));
  ASSERT_GE(reports.size(), 8U);
  std::int64_t before = 0;
  for (const auto& report : reports) {
    const auto& summary = report.rows.at(0).summary;
    ASSERT_EQ(summary.sent, 50);
    std::int64_t expected = 0;
    for (std::int64_t i = before; i < before + 50; ++i)
      expected += lost.count(static_cast<std::size_t>(i)) == 0;
    EXPECT_EQ(summary.received, expected);
    EXPECT_DOUBLE_EQ(summary.loss_percent, 2.0 * static_cast<double>(50 - expected));
    before += 50;
  }
  EXPECT_EQ(rejected(), 0U);
}

TEST_F(ProberTest, SilenceIsRowsWithoutTimes) {
  v4.script = [](const FakeSocket&, const Request&) { return std::vector<Answer>{}; };
  start({"192.0.2.1"});
  run(seconds(5));
  ASSERT_GE(reports.size(), 3U);
  EXPECT_EQ(reports[0].rows[0].summary.sent, 1);
  EXPECT_EQ(reports[0].rows[0].summary.loss_percent, 100);
  EXPECT_FALSE(reports[0].rows[0].summary.rtt_avg_ms);
}

TEST_F(ProberTest, LateRepliesAreLossAndCounted) {
  config.timeout = milliseconds(100);
  v4.script = [](const FakeSocket& socket, const Request& request) {
    const bool late = request.index % 2 == 0;
    return std::vector{socket.reply(request, late ? milliseconds(101) : milliseconds(100))};
  };
  profile().count = 10;
  start({"192.0.2.1"});
  run(seconds(1) + milliseconds(300));
  ASSERT_EQ(reports.size(), 1U);
  EXPECT_EQ(reports[0].rows[0].summary.received, 5) << "at the timeout is in time";
  EXPECT_EQ(reports[0].rows[0].summary.loss_percent, 50);
  EXPECT_GE(counters().late, 5U);
  EXPECT_EQ(counters().duplicates, 0U);
}

TEST_F(ProberTest, RepliesThatWaitedForUsAreNotLate) {
  start({"192.0.2.1"});
  while (v4.requests.empty()) {
    step();
    now += milliseconds(1);
  }
  now += seconds(5);  // the machine was busy with something else
  step();
  EXPECT_EQ(counters().received, 1U);
  EXPECT_EQ(counters().lost, 0U);
}

TEST_F(ProberTest, DuplicatesCountOnce) {
  v4.script = [](const FakeSocket& socket, const Request& request) {
    return std::vector{socket.reply(request, milliseconds(5)),
                       socket.reply(request, milliseconds(5)),
                       socket.reply(request, milliseconds(900))};
  };
  start({"192.0.2.1"});
  run(seconds(2) + milliseconds(50));
  ASSERT_EQ(reports.size(), 2U);
  EXPECT_EQ(reports[0].rows[0].summary.received, 1);
  EXPECT_DOUBLE_EQ(reports[0].rows[0].summary.rtt_max_ms.value(), 5);
  EXPECT_GE(counters().duplicates, 2U);
  EXPECT_EQ(rejected(), 0U);
}

TEST_F(ProberTest, ForgedRepliesAreNeverAccepted) {
  v4.script = [](const FakeSocket& socket, const Request& request) {
    const auto forged = [&](const std::function<void(Echo&)>& forge) {
      return socket.reply(request, milliseconds(1), forge);
    };
    Answer elsewhere = socket.reply(request, milliseconds(1));
    elsewhere.from = address("192.0.2.99");
    Answer cut = socket.reply(request, milliseconds(1));
    cut.datagram.pop_back();
    return std::vector{forged([](Echo& echo) { echo.identifier ^= 1; }),
                       forged([](Echo& echo) { echo.sequence ^= 1; }),
                       forged([](Echo& echo) { echo.stamp.nonce ^= 1; }),
                       forged([](Echo& echo) {
                         echo.stamp.probe += 1;
                         echo.sequence += 1;
                       }),
                       forged([](Echo& echo) {
                         echo.stamp.probe -= 5000;
                         echo.sequence -= 5000;
                       }),
                       elsewhere,
                       cut,
                       Answer{milliseconds(1), request.to, {}}};
  };
  start({"192.0.2.1"});
  run(seconds(3) + milliseconds(100));
  ASSERT_GE(reports.size(), 2U);
  for (const auto& report : reports) EXPECT_EQ(report.rows[0].summary.loss_percent, 100);
  EXPECT_EQ(counters().received, 0U);
  const auto sent = static_cast<std::uint64_t>(v4.requests.size());
  EXPECT_EQ(counters().rejected_as(Reject::other_identifier), sent);
  EXPECT_EQ(counters().rejected_as(Reject::wrong_nonce), sent);
  EXPECT_EQ(counters().rejected_as(Reject::wrong_source), sent);
  EXPECT_EQ(counters().rejected_as(Reject::unknown_probe), 3 * sent);
  EXPECT_EQ(counters().rejected_as(Reject::truncated_ip), 2 * sent);
}

TEST_F(ProberTest, AReplyOfOneTargetDoesNotCountForAnother) {
  v4.script = [](const FakeSocket& socket, const Request& request) {
    Answer answer = socket.reply(request, milliseconds(1));
    answer.from = address("192.0.2.1");  // all of them, also what 192.0.2.2 was asked
    return std::vector{answer};
  };
  start({"192.0.2.1", "192.0.2.2"});
  run(seconds(3) + milliseconds(100));
  ASSERT_GE(reports.size(), 1U);
  EXPECT_EQ(reports[0].rows[0].summary.received, 1);
  EXPECT_EQ(reports[0].rows[1].summary.received, 0);
}

TEST_F(ProberTest, IcmpErrorsAreNotedAndARealReplyStillWins) {
  const Address router = address("198.51.100.1");
  v4.script = [&](const FakeSocket& socket, const Request& request) {
    const std::size_t quoted = request.index % 2 == 0 ? 8 : 64;
    std::vector answers{socket.error(request, milliseconds(1), router, 3, 1, quoted),
                        socket.error(request, milliseconds(2), router, 3, 1, quoted)};
    if (request.index == 3) answers.push_back(socket.reply(request, milliseconds(30)));
    return answers;
  };
  start({"192.0.2.1"});
  run(seconds(6));
  ASSERT_GE(reports.size(), 4U);
  EXPECT_EQ(counters().icmp_errors, v4.requests.size()) << "one a probe, though two came";
  EXPECT_EQ(counters().received, 1U);
  EXPECT_EQ(reports[3].rows[0].summary.received, 1);
  EXPECT_EQ(rejected(), 0U);
}

TEST_F(ProberTest, ErrorsAboutOtherHostsOrForgedOnesAreRejected) {
  v4.script = [](const FakeSocket& socket, const Request& request) {
    Request elsewhere = request;
    elsewhere.to = address("192.0.2.50");
    Request forged = request;
    forged.packet[icmp_header_size + 5] ^= 1;  // in the nonce
    const Address router = address("198.51.100.1");
    return std::vector{socket.error(elsewhere, milliseconds(1), router, 3, 1, 8),
                       socket.error(forged, milliseconds(1), router, 3, 1, 64)};
  };
  start({"192.0.2.1"});
  run(seconds(3));
  EXPECT_EQ(counters().icmp_errors, 0U);
  EXPECT_EQ(counters().rejected_as(Reject::wrong_source), v4.requests.size());
  EXPECT_EQ(counters().rejected_as(Reject::wrong_nonce), v4.requests.size());
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

// Also in an interval whose own probes are all still under way.
TEST_F(ProberTest, TheEndLosesNoLateReply) {
  v4.script = [](const FakeSocket& socket, const Request& request) -> std::vector<Answer> {
    return {socket.reply(request, milliseconds(430))};
  };
  profile().count = 2;
  config.timeout = milliseconds(200);
  for (Nanos end = milliseconds(2900); end < milliseconds(3200); end += milliseconds(10)) {
    now = seconds(50);
    reports.clear();
    start({"192.0.2.1"});
    run(end);
    prober->finish();
    take_rows();
    std::uint64_t late = 0;
    for (const Report& report : reports) {
      late += report.rows[0].summary.loss.late;
      EXPECT_LE(report.rows[0].summary.loss_percent, 100);
    }
    EXPECT_EQ(late, counters().late) << "ended after " << end.count() / 1'000'000 << " ms";
    EXPECT_GE(late, 3U);
  }
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

TEST_F(ProberTest, LossComesInBursts) {
  // 1 of 10 lost, then 3 in a row, and 2 at the end that go on in the next interval.
  const std::set<std::size_t> lost{1, 4, 5, 6, 18, 19, 20, 21, 22};
  v4.script = [&](const FakeSocket& socket, const Request& request) -> std::vector<Answer> {
    if (lost.contains(request.index)) return {};
    return {socket.reply(request, milliseconds(1))};
  };
  profile().count = 10;
  config.timeout = milliseconds(200);
  start({"192.0.2.1"});
  run(seconds(3) + milliseconds(300));
  ASSERT_GE(reports.size(), 3U);
  EXPECT_EQ(reports[0].rows[0].summary.loss.bursts, 2);
  EXPECT_EQ(reports[0].rows[0].summary.loss.longest_burst, 3);
  EXPECT_EQ(reports[1].rows[0].summary.loss.bursts, 1);
  EXPECT_EQ(reports[1].rows[0].summary.loss.longest_burst, 2);
  EXPECT_EQ(reports[2].rows[0].summary.loss.bursts, 1) << "it reaches in";
  EXPECT_EQ(reports[2].rows[0].summary.loss.longest_burst, 5);
}

TEST_F(ProberTest, ReorderingIsCountedByTheOrderOfSending) {
  v4.script = [](const FakeSocket& socket, const Request& request) {
    const bool slow = request.index % 5 == 0;  // overtaken by the next
    return std::vector{socket.reply(request, slow ? milliseconds(150) : milliseconds(1))};
  };
  profile().count = 10;
  start({"192.0.2.1"});
  run(seconds(2) + milliseconds(300));
  EXPECT_EQ(reports.at(0).rows[0].summary.loss.reordered, 2);
  EXPECT_EQ(reports[0].rows[0].summary.loss_percent, 0);
  EXPECT_GE(counters().reordered, 4U);
}

TEST_F(ProberTest, IpdvIsTheMeanDifferenceOfNeighbours) {
  v4.script = [](const FakeSocket& socket, const Request& request) -> std::vector<Answer> {
    if (request.index == 5) return {};
    return {socket.reply(request, milliseconds(request.index % 2 == 0 ? 10 : 14))};
  };
  profile().count = 10;
  start({"192.0.2.1"});
  run(seconds(2));
  EXPECT_NEAR(reports.at(0).rows[0].summary.ipdv_ms, 4, 1e-3)
      << "4 and 6 are no neighbours: the probe between them was lost";
}

TEST_F(ProberTest, LocalDropsAreGivenToTheInterval) {
  start({"192.0.2.1"});
  run(milliseconds(1500));
  v4.drops = 7;
  run(milliseconds(1700));
  EXPECT_EQ(reports.at(0).rows[0].dropped, 0U);
  EXPECT_EQ(reports.at(1).rows[0].dropped, 7U);
  EXPECT_EQ(reports.at(2).rows[0].dropped, 0U);
}

TEST_F(ProberTest, EachProbeIsReportedOnceWithItsFate) {
  config.per_probe = true;
  config.timeout = milliseconds(100);
  profile().count = 10;
  v4.refuse = [](const Request& request) { return request.index == 8 ? ENETUNREACH : 0; };
  v4.script = [](const FakeSocket& socket, const Request& request) -> std::vector<Answer> {
    switch (request.index) {
      case 2:
        return {};
      case 4:
        return {socket.reply(request, milliseconds(400))};
      case 6:
        return {socket.reply(request, milliseconds(5)), socket.reply(request, milliseconds(6))};
      default:
        return {socket.reply(request, milliseconds(5))};
    }
  };
  std::vector<ProbeRow> rows;
  start({"192.0.2.1"});
  prober->on_probe = [&](const ProbeRow& row) { rows.push_back(row); };
  run(seconds(4));
  prober->finish();
  ASSERT_EQ(rows.size(), v4.requests.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(rows[i].number, v4.requests[i].echo.stamp.probe);
    EXPECT_EQ(rows[i].sent_utc, v4.requests[i].sent_at + utc_offset);
    const auto expected = i == 2   ? probing::Outcome::lost
                          : i == 4 ? probing::Outcome::late
                          : i == 8 ? probing::Outcome::send_failed
                                   : probing::Outcome::received;
    EXPECT_EQ(rows[i].outcome, expected) << i;
    EXPECT_EQ(rows[i].detail.duplicates, i == 6 ? 1 : 0) << i;
    EXPECT_EQ(rows[i].detail.reordered, i == 4) << i;
  }
  EXPECT_NEAR(rows[4].rtt_ms.value(), 400, 1.1);
  EXPECT_FALSE(rows[2].rtt_ms);
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

class PingSocketProberTest : public ProberTest {
 protected:
  PingSocketProberTest() : ProberTest(Form::ipv4) {}
};

TEST_F(PingSocketProberTest, RepliesWithoutIpHeaderMatchToo) {
  start({"192.0.2.1"});
  run(seconds(1) + milliseconds(100));
  ASSERT_EQ(reports.size(), 1U);
  EXPECT_EQ(reports[0].rows[0].summary.loss_percent, 0);
}

}  // namespace
}  // namespace weir::icmp_source::testing
