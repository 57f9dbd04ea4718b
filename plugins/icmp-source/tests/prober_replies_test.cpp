// SPDX-License-Identifier: Apache-2.0
// Replies: which count, what is lost, late, doubled, reordered or an error.
#include <gtest/gtest.h>

#include <cerrno>
#include <random>
#include <set>

#include "prober_testing.hpp"

namespace weir::icmp_source::testing {
namespace {

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
