// SPDX-License-Identifier: Apache-2.0
// A grid that was saved and loaded goes on as if nothing had been.
#include <gtest/gtest.h>

#include <weir/testing.hpp>

#include "aligner.hpp"

namespace weir::aligner {
namespace {

using testing::Bench;
using testing::OptionTexts;

constexpr std::int64_t second = 1'000'000'000;
const std::vector<std::string> both{"ping", "uplink"};

Batch pings(std::int64_t first, std::int64_t count) {
  BatchBuilder builder("icmp");
  const auto target = builder.tag("target");
  const auto rtt = builder.field<double>("rtt_ms", "ms");
  for (std::int64_t i = first; i < first + count; ++i) {
    for (const char* name : {"a", "b"})
      builder.row(i * second / 4).set(target, name).set(rtt, static_cast<double>(i * i % 17));
  }
  return builder.build();
}

Batch loads(std::int64_t first, std::int64_t count) {
  BatchBuilder builder("netdev");
  const auto used = builder.field<double>("used", "percent");
  for (std::int64_t i = first; i < first + count; ++i)
    builder.row(i * second).set(used, static_cast<double>(i % 5));
  return builder.build();
}

Batch all(Bench<Aligner>& bench) { return concatenate(bench.take()); }

class AlignerState : public ::testing::TestWithParam<OptionTexts> {};

TEST_P(AlignerState, GoesOnWithTheSameRows) {
  Bench<Aligner> straight(GetParam(), both);
  Bench<Aligner> before(GetParam(), both);
  for (auto* bench : {&straight, &before}) bench->process(pings(0, 42), 0).process(loads(0, 9), 1);
  EXPECT_EQ(all(before), all(straight));
  Bench<Aligner> after(GetParam(), both);
  after.load_state(before.save_state());
  EXPECT_EQ(after.save_state(), before.save_state());
  for (auto* bench : {&straight, &after}) {
    bench->process(loads(14, 5), 1).process(pings(42, 30), 0).end_input(0).end_input(1).finish();
  }
  const Batch expected = all(straight);
  EXPECT_GT(expected.rows(), 5U);
  EXPECT_EQ(all(after), expected);
}

INSTANTIATE_TEST_SUITE_P(
    Rules, AlignerState,
    ::testing::Values(OptionTexts{{"step", "1s"}},
                      OptionTexts{{"step", "1s"}, {"aggregate", "max"}},
                      OptionTexts{{"step", "1s"}, {"fill", "last"}, {"fill_limit", "3s"}},
                      OptionTexts{{"step", "1s"}, {"fill", "linear"}, {"fill_limit", "8s"}},
                      OptionTexts{{"step", "2s"}, {"aggregate", "sum"}, {"lateness", "1s"}}));

TEST(AlignerStateOnce, RowsThatAreGivenAgainCountOnce) {
  const OptionTexts options{{"step", "2s"}, {"aggregate", "sum"}};
  Bench<Aligner> straight(options, {"ping"});
  straight.process(pings(0, 60)).end_input().finish();
  Bench<Aligner> before(options, {"ping"});
  before.process(pings(0, 45));
  Bench<Aligner> after(options, {"ping"});
  after.load_state(before.save_state());
  // The source was told of less than what the state holds.
  after.process(pings(38, 22)).end_input().finish();
  EXPECT_EQ(concatenate(std::vector{all(before), all(after)}), all(straight));
}

TEST(AlignerStateOnce, ALearnedStepIsKept) {
  Bench<Aligner> before({}, {"uplink"});
  before.process(loads(0, 100));
  EXPECT_THROW((void)before.save_state(), RetryLater);
  before.process(loads(100, 200));
  Bench<Aligner> after({}, {"uplink"});
  after.load_state(before.save_state());
  after.process(loads(300, 2)).end_input().finish();
  EXPECT_EQ(all(before).rows() + all(after).rows(), 302U);
}

TEST(AlignerStateOnce, WhatIsCutOrDoesNotFitIsRefused) {
  const OptionTexts options{{"step", "1s"}};
  Bench<Aligner> before(options, both);
  before.process(pings(0, 10), 0).process(loads(0, 2), 1);
  const std::string state = before.save_state();
  for (std::size_t size = 0; size < state.size(); ++size)
    EXPECT_THROW(Bench<Aligner>(options, both).load_state(state.substr(0, size)), Error) << size;
  EXPECT_THROW(Bench<Aligner>({{"step", "2s"}}, both).load_state(state), Error);
  EXPECT_THROW(Bench<Aligner>(options, {"ping"}).load_state(state), Error);
  EXPECT_THROW(Bench<Aligner>(options, {"ping", "downlink"}).load_state(state), Error);
  EXPECT_THROW(Bench<Aligner>({{"step", "1s"}, {"fill", "last"}}, both).load_state(state), Error);
}

}  // namespace
}  // namespace weir::aligner
