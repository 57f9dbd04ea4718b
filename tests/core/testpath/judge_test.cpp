// SPDX-License-Identifier: Apache-2.0
#include "core/testpath/judge.hpp"

#include <gtest/gtest.h>

namespace weir::core::testpath {
namespace {

using namespace std::chrono_literals;

/// Probe `number` arrives at number · 10 ms and leaves after each of `delays`.
Record sent(std::uint32_t number, std::vector<Nanos> delays, const std::string& to = "10.77.0.9") {
  Record record{
      .order = number,
      .arrived = number * 10ms,
      .packet = {.kind = Kind::request, .destination = *parse_address(to), .number = number},
      .bytes = 84,
      .cause = delays.empty() ? Cause::random : Cause::passed};
  for (const Nanos delay : delays) record.departed.push_back(record.arrived + delay);
  return record;
}

Observation said(std::uint32_t number, Outcome outcome, std::optional<Nanos> rtt = std::nullopt) {
  return {.number = number, .outcome = outcome, .rtt = rtt};
}

/// Sent last, and lost: all replies to others came while the prober ran.
Record last() { return sent(1000, {}); }

const JudgeSettings settings{
    .timeout = 100ms, .forgotten = 200ms, .too_close = 5ms, .before_end = 5ms};

TEST(Judge, SaysThatThereWasNothingToCompare) {
  const Verdict verdict = judge({}, {}, {});
  EXPECT_EQ(verdict.compared, 0U);
  EXPECT_EQ(differences(verdict).find("nothing to compare"), 0U) << differences(verdict);
}

TEST(Judge, ARightProberIsIdentical) {
  const std::vector<Record> truth{sent(0, {20ms}),       sent(1, {}),      sent(2, {150ms}),
                                  sent(3, {20ms, 30ms}), sent(4, {500ms}), last()};
  std::vector<Observation> observed{said(0, Outcome::received, 20010us), said(1, Outcome::lost),
                                    said(2, Outcome::late), said(3, Outcome::received, 20030us),
                                    said(4, Outcome::lost)};
  observed[2].reordered = true;  // number 3 came before it
  observed[3].duplicate = true;
  const Verdict verdict = judge(truth, observed, settings);
  EXPECT_TRUE(verdict.identical()) << differences(verdict);
  EXPECT_EQ(verdict.compared, 5U);
  EXPECT_EQ(verdict.lost.both, 2U) << "one of them came when it was forgotten";
  EXPECT_EQ(verdict.late.both, 1U);
  EXPECT_EQ(verdict.duplicate.both, 1U);
  EXPECT_EQ(verdict.not_reported, 1U);
  EXPECT_EQ(verdict.errors, (std::vector<Nanos>{10us, 30us}));
  EXPECT_EQ(verdict.error_quantile(0.5), 10us);
  EXPECT_EQ(verdict.error_quantile(0.99), 30us);
}

TEST(Judge, EachWrongWordIsFoundByItsNumber) {
  const std::vector<Record> truth{sent(0, {20ms}), sent(1, {}), sent(2, {150ms}),
                                  sent(3, {1ms, 2ms}), last()};
  const std::vector<Observation> observed{said(0, Outcome::lost), said(1, Outcome::received, 1ms),
                                          said(2, Outcome::received, 90ms),
                                          said(3, Outcome::received, 1ms), said(77, Outcome::lost)};
  const Verdict verdict = judge(truth, observed, settings);
  EXPECT_FALSE(verdict.identical());
  EXPECT_EQ(verdict.lost.only_in_truth, std::vector<std::uint32_t>{1});
  EXPECT_EQ(verdict.lost.only_observed, std::vector<std::uint32_t>{0});
  EXPECT_EQ(verdict.late.only_in_truth, std::vector<std::uint32_t>{2});
  EXPECT_EQ(verdict.duplicate.only_in_truth, std::vector<std::uint32_t>{3});
  EXPECT_EQ(verdict.not_on_path, std::vector<std::uint32_t>{77});
  EXPECT_NE(differences(verdict).find("lost on the path, but not reported so: 1 probes, numbers 1"),
            std::string::npos)
      << differences(verdict);
}

TEST(Judge, ReorderedIsWhatComesAfterAYoungerOneOfTheSameTarget) {
  const std::vector<Record> truth{sent(0, {20ms}), sent(1, {35ms}), sent(2, {20ms}),
                                  sent(3, {1ms}, "10.77.0.8"), last()};
  std::vector<Observation> observed;
  for (std::uint32_t i = 0; i < 4; ++i) observed.push_back(said(i, Outcome::received, 20ms));
  EXPECT_EQ(judge(truth, observed, settings).reordered.only_in_truth,
            std::vector<std::uint32_t>{1});
  observed[1].reordered = true;
  EXPECT_TRUE(judge(truth, observed, settings).identical());
}

TEST(Judge, WhatIsTooCloseOrUnderWayIsLeftOut) {
  std::vector<Record> truth{sent(0, {98ms}), sent(1, {203ms}), sent(2, {20ms}), sent(3, {20ms}),
                            last()};
  truth[2].finished = false;
  truth[2].departed.clear();
  const std::vector<Observation> observed{said(0, Outcome::late), said(1, Outcome::lost),
                                          said(2, Outcome::lost)};
  const Verdict verdict = judge(truth, observed, settings);
  EXPECT_TRUE(verdict.identical()) << differences(verdict);
  EXPECT_EQ(verdict.compared, 0U);
  EXPECT_EQ(verdict.not_reported, 2U);
  EXPECT_EQ(verdict.error_quantile(0.5), 0ns);
}

TEST(Judge, AReplyThatCameWhenTheProberHadEndedIsLeftOut) {
  const std::vector<Record> truth{sent(0, {20ms}), sent(1, {120ms}), sent(2, {5ms, 90ms}),
                                  sent(3, {}), sent(4, {1ms})};
  const std::vector<Observation> observed{said(0, Outcome::received, 20ms), said(1, Outcome::lost),
                                          said(2, Outcome::received, 5ms), said(3, Outcome::lost),
                                          said(4, Outcome::lost)};
  const Verdict verdict = judge(truth, observed, settings);
  EXPECT_TRUE(verdict.identical()) << differences(verdict);
  EXPECT_EQ(verdict.compared, 2U);
}

/// A reply to probe `number` that left the way back at these times.
Record reply(std::uint32_t number, std::vector<Nanos> departed) {
  Record record = sent(number, {});
  record.packet.kind = Kind::reply;
  record.cause = departed.empty() ? Cause::burst : Cause::passed;
  record.departed = std::move(departed);
  return record;
}

TEST(RoundTrips, ARequestDepartsWhenItsRepliesDo) {
  const std::vector<Record> trips =
      round_trips(std::vector{sent(0, {5ms, 6ms}), reply(0, {30ms}), reply(0, {11ms, 12ms})});
  ASSERT_EQ(trips.size(), 1U);
  EXPECT_EQ(trips[0].packet.kind, Kind::request);
  EXPECT_EQ(trips[0].departed, (std::vector<Nanos>{11ms, 12ms, 30ms}));
  EXPECT_TRUE(trips[0].finished);
  EXPECT_FALSE(trips[0].lost());
}

TEST(RoundTrips, LossOfEitherWayIsLoss) {
  const std::vector<Record> trips =
      round_trips(std::vector{sent(0, {}), sent(1, {5ms}), reply(1, {}), sent(2, {5ms, 6ms}),
                              reply(2, {}), reply(2, {40ms})});
  ASSERT_EQ(trips.size(), 3U);
  EXPECT_EQ(trips[0].cause, Cause::random);
  EXPECT_EQ(trips[1].cause, Cause::burst);
  EXPECT_FALSE(trips[2].lost()) << "one of the copies came back";
  for (const Record& trip : trips) EXPECT_TRUE(trip.finished);
}

TEST(RoundTrips, WhatTheFarNetworkHasNotAnsweredCannotBeJudged) {
  const std::vector<Record> trips =
      round_trips(std::vector{sent(0, {5ms}), sent(1, {5ms, 6ms}), reply(1, {20ms})});
  ASSERT_EQ(trips.size(), 2U);
  for (const Record& trip : trips) EXPECT_FALSE(trip.finished);
}

}  // namespace
}  // namespace weir::core::testpath
