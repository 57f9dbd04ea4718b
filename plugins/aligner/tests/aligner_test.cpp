// SPDX-License-Identifier: Apache-2.0
#include "aligner.hpp"

#include <gtest/gtest.h>

#include <weir/testing.hpp>

namespace weir::aligner {
namespace {

using testing::Bench;
constexpr std::int64_t second = 1'000'000'000;

Batch at(std::int64_t time, double value) {
  BatchBuilder builder("m");
  const auto key = builder.field<double>("v");
  builder.row(time).set(key, value);
  return builder.build();
}

std::size_t rows(Bench<Aligner>& bench, const char* port = "out") {
  std::size_t count = 0;
  for (const Batch& batch : bench.take(port)) count += batch.rows();
  return count;
}

TEST(Aligner, WaitsForTheSlowerInputInAReplay) {
  Bench<Aligner> bench({{"step", "1s"}}, {"a", "b"}, Timestamp{Duration{1'000'000 * second}});
  for (std::int64_t t = 0; t < 10; ++t) bench.process(at(t * second, 1), 0);
  bench.advance(std::chrono::hours(1));  // rows of 1970: a replay, however long it takes
  EXPECT_EQ(rows(bench), 0U);
  bench.process(at(5 * second, 1), 1);
  EXPECT_EQ(rows(bench), 5U);
  bench.end_input(1);
  EXPECT_EQ(rows(bench), 4U);
  bench.end_input(0).finish();
  EXPECT_EQ(rows(bench), 1U);
}

TEST(Aligner, AnIdleInputStopsHoldingTheOthersLive) {
  Bench<Aligner> bench({{"step", "1s"}, {"idle_timeout", "3s"}}, {"a", "b"});
  for (std::int64_t t = 0; t < 5; ++t) {
    bench.set_now(Timestamp{Duration{t * second}});
    bench.process(at(t * second, 1), 0);
  }
  EXPECT_EQ(rows(bench), 4U);  // b never spoke; after 3 s it no longer holds
}

TEST(Aligner, LateRowsGoToTheirPortAndAreCounted) {
  Bench<Aligner> bench({{"step", "1s"}});
  bench.process(at(0, 1)).process(at(5 * second, 1)).process(at(0, 2));
  EXPECT_EQ(rows(bench, "late"), 1U);
  EXPECT_EQ(bench.count("late_rows"), 1U);
}

TEST(Aligner, LatenessKeepsAStepOpen) {
  Bench<Aligner> bench({{"step", "1s"}, {"lateness", "10s"}});
  bench.process(at(0, 1)).process(at(5 * second, 1)).process(at(0, 3));
  EXPECT_EQ(rows(bench, "late"), 0U);
  bench.end_input().finish();
  const auto out = bench.take();
  ASSERT_FALSE(out.empty());
  EXPECT_EQ(out.front().column("in.v").number(0), 2);
}

TEST(Aligner, LearnsItsStepFromTheRows) {
  Bench<Aligner> bench;
  for (const std::int64_t minute : {0, 5, 10, 20, 25}) bench.process(at(minute * 60 * second, 1));
  EXPECT_EQ(rows(bench), 0U);
  bench.end_input().finish();
  EXPECT_EQ(bench.logs().at(0), "rows come every 5m");
  EXPECT_EQ(rows(bench), 5U);
}

TEST(Aligner, OneMomentGivesNoStep) {
  Bench<Aligner> bench;
  bench.process(at(0, 1));
  EXPECT_THROW(bench.finish(), Fatal);
}

TEST(Aligner, APortThatIsNotOutStandsInTheName) {
  Bench<Aligner> bench({{"step", "1s"}}, {"lstm.forecast"});
  bench.process(at(0, 1)).end_input().finish();
  EXPECT_NE(bench.take().at(0).find("lstm.forecast.v"), nullptr);
}

}  // namespace
}  // namespace weir::aligner
