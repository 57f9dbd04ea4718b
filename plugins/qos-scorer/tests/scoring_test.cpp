// SPDX-License-Identifier: Apache-2.0
// Every reason, what comes before what, and the score.
#include "scoring.hpp"

#include <gtest/gtest.h>

namespace weir::qos_scorer {
namespace {

Measured good() {
  return {.sent = 10, .received = 10, .loss_percent = 0, .rtt_ms = 20.0, .jitter_ms = 1.0};
}

Reason reason(const Measured& measured, const Limits& limits = {}) {
  return judge(measured, limits).reason;
}

TEST(Score, FullWhereNothingIsWrong) {
  const Verdict verdict = judge(good(), {});
  EXPECT_DOUBLE_EQ(verdict.score, 100);
  EXPECT_EQ(verdict.reason, Reason::ok);
  EXPECT_DOUBLE_EQ(verdict.r_factor, 93.2);
  EXPECT_NEAR(verdict.mos, 4.41, 0.005);
}

TEST(Score, FallsWithLossDelayAndJitter) {
  Measured lossy = good();
  lossy.received = 9;
  lossy.loss_percent = 10;
  EXPECT_NEAR(judge(lossy, {}).score, 100 * (93.2 - 95 * 10 / 35.1) / 93.2, 1e-9);
  Measured slow = good();
  slow.rtt_ms = 396;  // Ta = 198 + 2 · 1 = 200 ms
  EXPECT_NEAR(judge(slow, {}).score, 100 * (93.2 - 3.0444) / 93.2, 1e-3);
  Measured jittery = good();
  jittery.jitter_ms = 95;  // Ta = 10 + 190 = 200 ms
  EXPECT_NEAR(judge(jittery, {}).score, judge(slow, {}).score, 1e-9);
  Measured hopeless = good();
  hopeless.rtt_ms = 60'000;
  hopeless.received = 1;
  hopeless.loss_percent = 90;
  EXPECT_DOUBLE_EQ(judge(hopeless, {}).score, 0) << "never below";
  EXPECT_DOUBLE_EQ(judge(hopeless, {}).mos, 1);
}

TEST(Reasons, NotSentWhereTheNetworkNeverSawAProbe) {
  const Verdict verdict = judge(Measured{}, {});
  EXPECT_EQ(verdict.reason, Reason::not_sent);
  EXPECT_DOUBLE_EQ(verdict.score, 0);
}

TEST(Reasons, TargetGone) {
  Measured gone{.sent = 10, .received = 0, .loss_percent = 100};
  gone.utilization_percent = 99;
  gone.host_stall_ms = 500;
  const Verdict verdict = judge(gone, {});
  EXPECT_EQ(verdict.reason, Reason::target_gone) << "a stall loses no reply";
  EXPECT_DOUBLE_EQ(verdict.score, 0);
  EXPECT_DOUBLE_EQ(verdict.mos, 1);
  gone.receive_dropped = 4;
  EXPECT_EQ(reason(gone), Reason::host_stalled) << "it was this machine that dropped them";
}

TEST(Reasons, PathLossyThenSlowThenJittery) {
  Measured bad = good();
  bad.jitter_ms = 50;
  EXPECT_EQ(reason(bad), Reason::path_jittery);
  bad.rtt_ms = 200;
  EXPECT_EQ(reason(bad), Reason::path_slow);
  bad.loss_percent = 1;
  EXPECT_EQ(reason(bad), Reason::path_lossy);
}

TEST(Reasons, JustBelowEachLimitIsOk) {
  Measured fair = good();
  fair.loss_percent = 0.99;
  fair.rtt_ms = 199.9;
  fair.jitter_ms = 49.9;
  fair.egress_queue_ms = 19.9;
  fair.utilization_percent = 100;
  fair.latency_under_load_ms = 59.9;
  fair.host_stall_ms = 1000;
  EXPECT_EQ(reason(fair), Reason::ok) << "a full link that harms nothing is no trouble";
}

TEST(Reasons, UplinkFullExplainsWhatItHarms) {
  for (const auto harm : {0, 1, 2, 3}) {
    Measured measured = good();
    if (harm == 0) measured.loss_percent = 5;
    if (harm == 1) measured.rtt_ms = 250;
    if (harm == 2) measured.jitter_ms = 80;
    if (harm == 3) measured.latency_under_load_ms = 60;
    measured.utilization_percent = 90;
    EXPECT_EQ(reason(measured), Reason::uplink_full) << harm;
    measured.utilization_percent = 89;
    EXPECT_NE(reason(measured), Reason::uplink_full) << harm;
  }
}

TEST(Reasons, AQueueInThisMachineIsAFullUplinkWhateverItsSpeed) {
  Measured queued = good();
  queued.egress_queue_ms = 20;
  queued.path_ms = 10;
  EXPECT_EQ(reason(queued), Reason::uplink_full);
}

TEST(Reasons, HostStalledWhereTheDelayIsThisMachines) {
  Measured late = good();
  late.rtt_ms = 300;
  late.path_ms = 20;
  late.egress_queue_ms = 0.1;
  late.host_stall_ms = 280;
  const Verdict verdict = judge(late, {});
  EXPECT_EQ(verdict.reason, Reason::host_stalled);
  EXPECT_DOUBLE_EQ(verdict.score, 100) << "others would not have noticed";
  late.path_ms = 250;
  EXPECT_EQ(reason(late), Reason::path_slow) << "the kernel's stamps say that the path is slow too";
}

TEST(Reasons, HostStalledWithoutStampsOfTheKernel) {
  Measured late = good();
  late.rtt_ms = 300;
  late.host_stall_ms = 49;
  EXPECT_EQ(reason(late), Reason::path_slow);
  late.host_stall_ms = 50;
  EXPECT_EQ(reason(late), Reason::host_stalled) << "nothing says that it was the path";
  late = good();
  late.jitter_ms = 60;
  late.host_stall_ms = 60;
  EXPECT_EQ(reason(late), Reason::host_stalled);
}

TEST(Reasons, RepliesDroppedHereAreNoLossOfThePath) {
  Measured dropped = good();
  dropped.loss_percent = 20;
  dropped.receive_dropped = 2;
  EXPECT_EQ(reason(dropped), Reason::host_stalled);
  dropped.loss_percent = 0;
  EXPECT_EQ(reason(dropped), Reason::ok) << "others' replies were dropped, not its own";
}

TEST(Reasons, LimitsAreTheUsers) {
  Measured measured = good();
  EXPECT_EQ(reason(measured, {.rtt_ms = 20}), Reason::path_slow);
  EXPECT_EQ(reason(measured, {.jitter_ms = 1}), Reason::path_jittery);
}

TEST(Reasons, EachHasItsText) {
  EXPECT_EQ(to_text(Reason::ok), "ok");
  EXPECT_EQ(to_text(Reason::uplink_full), "uplink full");
  EXPECT_EQ(to_text(Reason::host_stalled), "host stalled");
  EXPECT_EQ(to_text(Reason::path_lossy), "path lossy");
  EXPECT_EQ(to_text(Reason::path_slow), "path slow");
  EXPECT_EQ(to_text(Reason::path_jittery), "path jittery");
  EXPECT_EQ(to_text(Reason::target_gone), "target gone");
  EXPECT_EQ(to_text(Reason::not_sent), "not sent");
}

TEST(Network, IsTheRoundTripLessThisMachinesOwnDelay) {
  Measured measured = good();
  EXPECT_DOUBLE_EQ(measured.network_ms().value(), 20) << "all of it, where nothing tells apart";
  measured.path_ms = 12;
  measured.egress_queue_ms = 3;
  EXPECT_DOUBLE_EQ(measured.network_ms().value(), 15);
  measured.path_ms = 40;
  EXPECT_DOUBLE_EQ(measured.network_ms().value(), 20) << "never more than the whole";
}

}  // namespace
}  // namespace weir::qos_scorer
