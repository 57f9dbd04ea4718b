// SPDX-License-Identifier: Apache-2.0
// The node through the C boundary: joins, grid, late rows, and latency under load over many steps.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <weir/plugin.hpp>
#include <weir/testing.hpp>

#include "qos_scorer.hpp"
#include "rows.hpp"

namespace weir::qos_scorer {
namespace {

using std::chrono::seconds;
using test::loads;
using test::pings;
using ::testing::HasSubstr;
using weir::testing::Bench;
using weir::testing::OptionTexts;

const std::vector<std::string> both{"ping", "uplink"};

Batch out(Bench<QosScorer>& bench) { return concatenate(bench.take()); }

TEST(QosScorer, WaitsForBothInputsAndJoinsThem) {
  Bench<QosScorer> bench({}, both, Timestamp{seconds(1'000'000)});
  for (std::int64_t t = 0; t < 30; ++t)
    bench.process(pings({{.at = t}, {.at = t, .target = "b"}}), 0);
  EXPECT_EQ(out(bench).rows(), 0U) << "a replay waits for the uplink";
  for (std::int64_t t = 0; t < 12; ++t) bench.process(loads({{.at = t, .utilization = 42}}), 1);
  const Batch first = out(bench);
  ASSERT_EQ(first.rows(), 2U);
  EXPECT_EQ(first.measurement(), "qos");
  EXPECT_EQ(first.times()[0], 0);
  EXPECT_EQ(first.column("target").role(), Role::tag);
  EXPECT_EQ(first.column("target").text(0), "a");
  EXPECT_EQ(first.column("target").text(1), "b");
  EXPECT_DOUBLE_EQ(first.column("score").number(0), 100);
  EXPECT_EQ(first.column("reason").text(0), "ok");
  EXPECT_DOUBLE_EQ(first.column("rtt_ms").number(0), 20);
  EXPECT_DOUBLE_EQ(first.column("loss_percent").number(0), 0);
  EXPECT_DOUBLE_EQ(first.column("jitter_ms").number(0), 1);
  EXPECT_DOUBLE_EQ(first.column("utilization_percent").number(0), 42);
  EXPECT_FALSE(first.column("latency_under_load_ms").valid(0));
  EXPECT_FALSE(first.column("egress_queue_ms").valid(0));
  EXPECT_NEAR(first.column("mos").number(0), 4.41, 0.005);
  bench.end_input(1).end_input(0);
  EXPECT_EQ(out(bench).rows(), 4U) << "two more steps";
  bench.finish();
  EXPECT_EQ(out(bench).rows(), 0U);
}

TEST(QosScorer, WithoutUtilizationItScoresTheRest) {
  Bench<QosScorer> bench({{"step", "1s"}}, {"ping"});
  bench.process(pings({{.sent = 5, .received = 4}}));
  bench.finish(weir::Reason::stopping);
  const Batch rows = out(bench);
  ASSERT_EQ(rows.rows(), 1U);
  EXPECT_EQ(rows.column("reason").text(0), "path lossy");
  EXPECT_FALSE(rows.column("utilization_percent").valid(0));
}

TEST(QosScorer, LiveASilentUplinkStopsHoldingThePings) {
  Bench<QosScorer> bench({{"step", "1s"}, {"idle_timeout", "3s"}}, both);
  for (std::int64_t t = 0; t < 5; ++t) {
    bench.set_now(Timestamp{seconds(t)});
    bench.process(pings({{.at = t}}), 0);
  }
  EXPECT_EQ(out(bench).rows(), 4U);
}

TEST(QosScorer, LateRowsGoToTheirPortAndAreCounted) {
  Bench<QosScorer> bench({{"step", "1s"}}, {"ping"});
  bench.process(pings({{.at = 0}})).process(pings({{.at = 5}})).process(pings({{.at = 0}}));
  const auto late = bench.take("late");
  ASSERT_EQ(late.size(), 1U);
  EXPECT_EQ(late[0].measurement(), "icmp");
  EXPECT_EQ(bench.count("late_rows"), 1U);
}

TEST(QosScorer, LatencyUnderLoadAndAFullUplinkAreSeenOverTime) {
  Bench<QosScorer> bench({{"step", "1s"}}, both);
  for (std::int64_t t = 0; t < 20; ++t) {
    const bool busy = t >= 10;
    bench.process(loads({{.at = t, .utilization = busy ? 97 : 3}}), 1);
    bench.process(pings({{.at = t, .target = "far", .rtt = busy ? 150 : 80},
                         {.at = t, .target = "near", .rtt = busy ? 35 : 5}}),
                  0);
  }
  bench.end_input(0).end_input(1);
  const Batch rows = out(bench);
  ASSERT_EQ(rows.rows(), 40U);
  EXPECT_FALSE(rows.column("latency_under_load_ms").valid(0));
  EXPECT_DOUBLE_EQ(rows.column("latency_under_load_ms").number(38), 70) << "far";
  EXPECT_DOUBLE_EQ(rows.column("latency_under_load_ms").number(39), 30) << "near";
  EXPECT_EQ(rows.column("reason").text(18), "ok");
  EXPECT_EQ(rows.column("reason").text(38), "uplink full");
  EXPECT_EQ(rows.column("reason").text(39), "ok") << "30 ms more are not the trouble of 60";
}

TEST(QosScorer, ThresholdsAreOptions) {
  Bench<QosScorer> bench({{"rtt_limit", "10"}, {"load_steps", "1"}}, {"ping"});
  bench.process(pings({{}})).finish();
  EXPECT_EQ(out(bench).column("reason").text(0), "path slow");
  const OptionTexts crossed{{"idle_below", "90"}, {"busy_from", "80"}};
  EXPECT_THROW(Bench<QosScorer>{crossed}, Fatal);
}

TEST(QosScorer, ARestartGoesOnWithTheSameScores) {
  const OptionTexts options{{"step", "4s"}};
  const auto feed = [](Bench<QosScorer>& bench, std::int64_t from, std::int64_t to) {
    for (std::int64_t t = from; t < to; ++t) {
      bench.process(loads({{.at = t, .utilization = t % 8 < 4 ? 97 : 3}}), 1);
      bench.process(pings({{.at = t, .rtt = t % 8 < 4 ? 150 : 80}, {.at = t, .target = "b"}}), 0);
    }
  };
  Bench<QosScorer> straight(options, both);
  feed(straight, 0, 60);
  straight.end_input(0).end_input(1).finish();
  Bench<QosScorer> before(options, both);
  feed(before, 0, 30);
  const std::string state = before.save_state();
  Bench<QosScorer> after(options, both);
  after.load_state(state);
  EXPECT_EQ(after.save_state(), state);
  feed(after, 29, 60);  // one second comes again
  after.end_input(0).end_input(1).finish();
  EXPECT_EQ(concatenate(std::vector{out(before), out(after)}), out(straight));
}

TEST(QosScorer, AStateThatIsCutOrDoesNotFitIsRefused) {
  Bench<QosScorer> before({}, both);
  before.process(loads({{.at = 1, .utilization = 97}}), 1).process(pings({{.at = 1}}), 0);
  const std::string state = before.save_state();
  for (std::size_t size = 0; size < state.size(); ++size)
    EXPECT_THROW(Bench<QosScorer>({}, both).load_state(state.substr(0, size)), Error) << size;
  EXPECT_THROW(Bench<QosScorer>({{"step", "1s"}}, both).load_state(state), Error);
  EXPECT_THROW(Bench<QosScorer>({{"uplinks", "eth0"}}, both).load_state(state), Error);
  EXPECT_THROW(Bench<QosScorer>({}, {"ping"}).load_state(state), Error);
}

TEST(QosScorer, OtherMeasurementsAreToldOnceAndCounted) {
  Bench<QosScorer> bench({}, {"history", "ping"});
  bench.process(pings({{}, {.at = 1}}).renamed("dns"), 0);
  bench.process(pings({{.at = 2}}).renamed("dns"), 0);
  ASSERT_EQ(bench.logs().size(), 1U);
  EXPECT_THAT(bench.logs()[0], HasSubstr("'history' sends measurement 'dns'"));
  EXPECT_EQ(bench.count("unknown_rows"), 3U);
  bench.finish();
  EXPECT_EQ(out(bench).rows(), 0U);
}

TEST(QosScorer, ATargetThatCannotBeSentToAndOneThatIsGone) {
  Bench<QosScorer> bench({}, {"ping"});
  bench
      .process(pings({{.target = "gone", .sent = 10, .received = 0},
                      {.target = "no-such-name", .sent = 0, .received = 0}}))
      .finish();
  const Batch rows = out(bench);
  ASSERT_EQ(rows.rows(), 2U);
  EXPECT_EQ(rows.column("reason").text(0), "target gone");
  EXPECT_EQ(rows.column("reason").text(1), "not sent");
  for (const std::size_t row : {0U, 1U}) {
    EXPECT_DOUBLE_EQ(rows.column("score").number(row), 0);
    EXPECT_DOUBLE_EQ(rows.column("mos").number(row), 1);
    EXPECT_DOUBLE_EQ(rows.column("loss_percent").number(row), 100);
    EXPECT_FALSE(rows.column("rtt_ms").valid(row));
  }
}

}  // namespace
}  // namespace weir::qos_scorer
