// SPDX-License-Identifier: Apache-2.0
#include "service_ledger.hpp"

#include <gtest/gtest.h>

#include <optional>

namespace weir::probing {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct TestResult : ServiceResult {
  struct Summary {
    int told = 0;
    void add(const TestResult&) { ++told; }
  };
};
using Ledger = ServiceLedger<TestResult>;

constexpr Nanos label = seconds(1000);

TestResult answered(ProbeId probe, Nanos time) {
  TestResult result;
  result.probe = probe;
  result.received = true;
  result.time = time;
  return result;
}

TestResult failed(ProbeId probe, ServiceOutcome outcome, bool sent = true) {
  TestResult result;
  result.probe = probe;
  result.outcome = outcome;
  result.sent = sent;
  result.error = "as it says";
  return result;
}

class ServiceLedgerTest : public ::testing::Test {
 protected:
  ProbeId begin(Nanos now, bool last, Nanos of = label) { return ledger_.begin(0, of, last, now); }
  void expire(Nanos now) {
    ledger_.expire(now, [](TestResult& silent) { silent.error += ", told"; });
  }
  Ledger ledger_{2, seconds(1)};
};

TEST_F(ServiceLedgerTest, ARowLeavesWhenAllProbesOfItsIntervalAreDecided) {
  const ProbeId first = begin(seconds(1), false);
  const ProbeId second = begin(seconds(2), true);
  ledger_.end(answered(second, milliseconds(30)));
  EXPECT_TRUE(ledger_.take().empty());
  ledger_.end(answered(first, milliseconds(10)));
  const auto rows = ledger_.take();
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].label, label);
  EXPECT_EQ(rows[0].tally.loss.sent, 2);
  EXPECT_EQ(rows[0].tally.loss.received, 2);
  EXPECT_EQ(rows[0].tally.outcome, ServiceOutcome::received);
  EXPECT_NEAR(rows[0].tally.rtt.mean_ms().value_or(0), 20, 1e-9);
  EXPECT_EQ(rows[0].summary.told, 2);
  EXPECT_TRUE(rows[0].tally.jitter_ms);
}

TEST_F(ServiceLedgerTest, AProbeWithoutAnAnswerIsLostAtItsTimeout) {
  (void)begin(seconds(1), true);
  EXPECT_EQ(ledger_.next(), seconds(2));
  expire(milliseconds(1999));
  EXPECT_TRUE(ledger_.take().empty());
  expire(seconds(2));
  const auto rows = ledger_.take();
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].tally.loss.lost(), 1);
  EXPECT_EQ(rows[0].tally.loss.bursts, 1);
  EXPECT_EQ(rows[0].tally.outcome, ServiceOutcome::timeout);
  EXPECT_EQ(rows[0].tally.error, "no answer in time, told");
  EXPECT_EQ(ledger_.next(), Nanos::max());
}

TEST_F(ServiceLedgerTest, AnAnswerAfterTheTimeoutIsLateInTheNextRow) {
  const ProbeId slow = begin(seconds(1), true);
  expire(seconds(2));
  EXPECT_EQ(ledger_.take().size(), 1U);
  ledger_.end(answered(slow, milliseconds(1500)));
  ledger_.end(answered(slow, milliseconds(1600)));  // it has ended
  const ProbeId next = begin(seconds(10), true, label + seconds(10));
  ledger_.end(answered(next, milliseconds(5)));
  const auto rows = ledger_.take();
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].tally.loss.late, 1);
  EXPECT_EQ(rows[0].tally.loss.received, 1);
}

TEST_F(ServiceLedgerTest, AnAnswerThatIsLateBeforeAnybodyLookedIsLost) {
  ledger_.end(answered(begin(seconds(1), true), milliseconds(1001)));
  const auto rows = ledger_.take();
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].tally.loss.lost(), 1);
  EXPECT_EQ(rows[0].tally.loss.late, 1);
  EXPECT_EQ(rows[0].tally.outcome, ServiceOutcome::timeout);
  EXPECT_EQ(rows[0].tally.rtt.count(), 0U);
}

TEST_F(ServiceLedgerTest, BurstsFollowTheOrderOfSending) {
  std::vector<ProbeId> probes;
  for (int i = 0; i < 5; ++i) probes.push_back(begin(seconds(1), i == 4));
  // Lost, lost, answered, lost, answered: told in another order.
  ledger_.end(failed(probes[3], ServiceOutcome::refused));
  ledger_.end(answered(probes[4], milliseconds(1)));
  ledger_.end(answered(probes[2], milliseconds(1)));
  ledger_.end(failed(probes[1], ServiceOutcome::send_failed));
  expire(seconds(2));
  const auto rows = ledger_.take();
  ASSERT_EQ(rows.size(), 1U);
  const LossTally& loss = rows[0].tally.loss;
  EXPECT_EQ(loss.lost(), 3);
  EXPECT_EQ(loss.bursts, 2);
  EXPECT_EQ(loss.longest_burst, 2);
  EXPECT_EQ(loss.send_failed, 1);
  EXPECT_EQ(rows[0].tally.outcome, ServiceOutcome::refused) << "the last one that failed";
}

TEST_F(ServiceLedgerTest, WhatWasNotSentIsNoLossOfTheNetwork) {
  ledger_.end(failed(begin(seconds(1), true), ServiceOutcome::no_name, false));
  const auto rows = ledger_.take();
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].tally.loss.sent, 0);
  EXPECT_EQ(rows[0].tally.loss.loss_percent(), 100);
  EXPECT_EQ(rows[0].tally.loss.bursts, 0);
}

TEST_F(ServiceLedgerTest, AnIntervalThatWasCutShortGivesItsRow) {
  ledger_.end(answered(begin(seconds(1), false), milliseconds(1)));
  EXPECT_TRUE(ledger_.take().empty()) << "more of them may begin";
  (void)begin(seconds(30), true, label + seconds(30));
  EXPECT_EQ(ledger_.take().size(), 1U);
}

TEST_F(ServiceLedgerTest, ProbesUnderWayAtTheEndCountAsNeverBegun) {
  (void)begin(seconds(1), false);
  ledger_.end(answered(begin(seconds(1), true), milliseconds(1)));
  (void)ledger_.begin(1, label, true, seconds(1));
  const auto rows = ledger_.finish();
  ASSERT_EQ(rows.size(), 1U) << "the other target has none";
  EXPECT_EQ(rows[0].tally.loss.sent, 1);
  EXPECT_EQ(rows[0].tally.loss.received, 1);
}

}  // namespace
}  // namespace weir::probing
