// SPDX-License-Identifier: Apache-2.0
#include "steps.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "rows.hpp"

namespace weir::qos_scorer {
namespace {

using test::loads;
using test::pings;
using test::second;

class StepsTest : public ::testing::Test {
 protected:
  void add(const Batch& batch) { EXPECT_TRUE(steps.add(batch).empty()); }
  Steps steps{10 * second, {"*"}};
};

TEST_F(StepsTest, GathersTenSecondsOfEachTarget) {
  add(pings({{.at = 0, .sent = 4, .received = 3, .rtt = 10, .jitter = 2},
             {.at = 9, .sent = 1, .received = 1, .rtt = 30, .jitter = 6},
             {.at = 3, .target = "b", .received = 0},
             {.at = 10, .rtt = 99}}));
  add(loads({{.at = 0, .utilization = 10}, {.at = 5, .utilization = 30}}));
  EXPECT_FALSE(steps.next(10 * second - 1)) << "not passed yet";
  const auto step = steps.next(10 * second);
  ASSERT_TRUE(step);
  EXPECT_EQ(step->time, 0);
  const Measured& a = step->targets.at("a");
  EXPECT_DOUBLE_EQ(a.sent, 5);
  EXPECT_DOUBLE_EQ(a.loss_percent, 20);
  EXPECT_DOUBLE_EQ(a.rtt_ms.value(), 15) << "3 replies of 10 ms, one of 30";
  EXPECT_DOUBLE_EQ(a.jitter_ms.value(), 3);
  EXPECT_DOUBLE_EQ(a.utilization_percent.value(), 20);
  EXPECT_FALSE(a.path_ms);
  EXPECT_DOUBLE_EQ(step->targets.at("b").loss_percent, 100);
  EXPECT_FALSE(step->targets.at("b").rtt_ms);
  EXPECT_FALSE(steps.next(10 * second));
  EXPECT_EQ(steps.next(std::nullopt).value().time, 10 * second);
}

TEST_F(StepsTest, TheBusiestUplinkCountsAndOnlyUplinksDo) {
  Steps chosen(10 * second, {"eth1", "wan*"});
  EXPECT_TRUE(chosen.add(pings({{}})).empty());
  EXPECT_TRUE(chosen
                  .add(loads({{.interface = "eth1", .utilization = 5},
                              {.interface = "eth10", .utilization = 99},
                              {.interface = "wan0", .utilization = 50},
                              {.interface = "wan1", .utilization = std::nullopt}}))
                  .empty());
  EXPECT_DOUBLE_EQ(chosen.next(std::nullopt)->targets.at("a").utilization_percent.value(), 50);
}

TEST_F(StepsTest, LateRowsAreGivenBackAndAStepOfLoadAloneIsNone) {
  add(loads({{.at = 1, .utilization = 5}}));
  add(pings({{.at = 11}}));
  EXPECT_EQ(steps.next(20 * second).value().time, 10 * second);
  EXPECT_EQ(steps.add(pings({{.at = 25}, {.at = 19}, {.at = 0}})),
            (std::vector<std::size_t>{1, 2}));
}

TEST_F(StepsTest, WhatIsNoNumberOrHasNoTargetIsLeftOut) {
  BatchBuilder builder("icmp");
  const auto target = builder.tag("target");
  const auto rtt = builder.field<double>("rtt_avg_ms");
  const auto path = builder.field<std::string>("path_ms");
  builder.row(0).set(rtt, 5.0);
  builder.row(0).set(target, "a").set(rtt, std::nan("")).set(path, "soon");
  add(builder.build());
  add(Batch(loads({{.utilization = 5}}).without("interface")));
  const auto step = steps.next(std::nullopt);
  ASSERT_EQ(step->targets.size(), 1U);
  const Measured& a = step->targets.at("a");
  EXPECT_FALSE(a.rtt_ms);
  EXPECT_FALSE(a.path_ms);
  EXPECT_FALSE(a.utilization_percent);
  EXPECT_DOUBLE_EQ(a.sent, 0);
}

TEST_F(StepsTest, RowsThatKeptOnlyFiguresCountOnceEach) {
  add(pings({{.sent = 4, .received = 3, .rtt = 10}, {.at = 1, .sent = 1, .received = 1, .rtt = 30}})
          .without("sent")
          .without("received"));
  const Measured a = steps.next(std::nullopt)->targets.at("a");
  EXPECT_DOUBLE_EQ(a.loss_percent, 12.5);
  EXPECT_DOUBLE_EQ(a.rtt_ms.value(), 20);
  EXPECT_GT(a.received, 0);
}

TEST_F(StepsTest, ScaledColumnsAreTakenInTheirUnit) {
  const Batch batch = pings({{.rtt = 0.5}});
  ColumnInfo info = batch.column("rtt_avg_ms").info();
  info.scale = 80;
  info.offset = 10;
  add(batch.with(batch.column("rtt_avg_ms").with_info(info)));
  EXPECT_DOUBLE_EQ(steps.next(std::nullopt)->targets.at("a").rtt_ms.value(), 50);
}

TEST_F(StepsTest, WhatLaterProbersTell) {
  BatchBuilder builder("icmp");
  const auto target = builder.tag("target");
  const auto sent = builder.field<std::int64_t>("sent");
  const auto received = builder.field<std::int64_t>("received");
  const auto failed = builder.field<std::int64_t>("send_failed");
  const auto dropped = builder.field<std::int64_t>("receive_dropped");
  const auto stall = builder.field<double>("host_stall_ms");
  const auto egress = builder.field<double>("egress_queue_ms");
  const auto path = builder.field<double>("path_ms");
  for (const double late : {3.0, 70.0, 5.0}) {
    builder.row(0)
        .set(target, "a")
        .set(sent, std::int64_t{4})
        .set(received, std::int64_t{2})
        .set(failed, std::int64_t{1})
        .set(dropped, std::int64_t{1})
        .set(stall, late)
        .set(egress, 0.5)
        .set(path, 9.0);
  }
  builder.row(0).set(target, "unreachable").set(sent, std::int64_t{3}).set(failed, std::int64_t{3});
  add(builder.build());
  const auto step = steps.next(std::nullopt);
  const Measured& a = step->targets.at("a");
  EXPECT_DOUBLE_EQ(a.sent, 9) << "the network saw";
  EXPECT_NEAR(a.loss_percent, 100.0 / 3, 1e-9);
  EXPECT_DOUBLE_EQ(a.receive_dropped, 3);
  EXPECT_DOUBLE_EQ(a.host_stall_ms.value(), 70) << "at worst";
  EXPECT_DOUBLE_EQ(a.egress_queue_ms.value(), 0.5);
  EXPECT_DOUBLE_EQ(a.path_ms.value(), 9);
  EXPECT_EQ(judge(step->targets.at("unreachable"), {}).reason, Reason::not_sent);
}

TEST_F(StepsTest, TheEndsOfTime) {
  add(pings({{.at = -9'000'000'000}, {.at = 9'000'000'000}}));
  constexpr auto first = std::numeric_limits<std::int64_t>::min();
  constexpr auto last = std::numeric_limits<std::int64_t>::max();
  EXPECT_FALSE(steps.next(first));
  EXPECT_TRUE(steps.next(last));
  EXPECT_TRUE(steps.next(last));
  EXPECT_FALSE(steps.next(std::nullopt));
}

}  // namespace
}  // namespace weir::qos_scorer
