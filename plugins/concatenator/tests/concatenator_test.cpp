// SPDX-License-Identifier: Apache-2.0
#include "concatenator.hpp"

#include <gtest/gtest.h>

#include <weir/testing.hpp>

namespace weir::concatenator {
namespace {

using testing::Bench;

struct Row {
  std::int64_t time;
  std::optional<std::string> interface;
};

Batch rows_of(std::initializer_list<Row> rows, const std::string& measurement = "netdev") {
  BatchBuilder builder(measurement);
  const auto tag = builder.tag("interface");
  const auto key = builder.field<double>("rx_mbps", "Mbit/s");
  for (const Row& row : rows) builder.row(row.time).set(tag, row.interface).set(key, 1.0);
  return builder.build();
}

/// "eth0@5 lo@6": what came out, in order.
std::string out(Bench<Concatenator>& bench) {
  std::string text;
  for (const Batch& batch : bench.take()) {
    for (std::size_t row = 0; row < batch.rows(); ++row) {
      text += (text.empty() ? "" : " ") + std::string(batch.column("interface").text(row)) + "@" +
              std::to_string(batch.times()[row]);
    }
  }
  return text;
}

class Concatenation : public ::testing::Test {
 protected:
  Bench<Concatenator> bench{{}, {"history", "uplink"}};
};

TEST_F(Concatenation, GivesHistoryThenOnlyWhatIsNewer) {
  bench.process(rows_of({{1, "eth0"}, {2, "eth0"}, {3, "eth0"}}), 0).end_input(0);
  bench.process(rows_of({{2, "eth0"}, {3, "eth0"}, {4, "eth0"}, {5, "eth0"}}), 1);
  EXPECT_EQ(out(bench), "eth0@1 eth0@2 eth0@3 eth0@4 eth0@5");
  EXPECT_EQ(bench.count("older_rows"), 2U);
}

TEST_F(Concatenation, ARestartKnowsWhatTheHistoryHad) {
  bench.process(rows_of({{1, "eth0"}, {9, "eth1"}}), 0).end_input(0);
  (void)bench.take();
  const std::string state = bench.save_state();
  Bench<Concatenator> after({}, {"history", "uplink"});
  after.load_state(state);
  EXPECT_EQ(after.save_state(), state);
  after.process(rows_of({{1, "eth0"}, {2, "eth0"}, {9, "eth1"}}), 1);
  EXPECT_EQ(out(after), "eth0@2");
  for (std::size_t size = 0; size < state.size(); ++size)
    EXPECT_THROW(after.load_state(state.substr(0, size)), Error) << size;
  Bench<Concatenator> other({}, {"history", "uplink", "backup"});
  EXPECT_THROW(other.load_state(state), Error);
}

TEST_F(Concatenation, AnEmptyHistoryLetsAllPass) {
  const Batch live = rows_of({{2, "eth0"}, {1, "eth0"}});
  bench.end_input(0).process(live, 1);
  const auto taken = bench.take();
  ASSERT_EQ(taken.size(), 1U);
  EXPECT_EQ(taken[0], live);
  EXPECT_EQ(bench.count("older_rows"), 0U);
}

TEST_F(Concatenation, EachSeriesHasItsOwnEnd) {
  bench.process(rows_of({{9, "eth1"}, {3, "eth10"}, {1, std::nullopt}}), 0).end_input(0);
  bench.process(rows_of({{4, "eth1"}, {4, "eth10"}, {4, std::nullopt}, {4, ""}, {4, "new"}}), 1);
  EXPECT_EQ(out(bench), "eth1@9 eth10@3 @1 eth10@4 @4 @4 new@4");
  EXPECT_EQ(bench.count("older_rows"), 1U);
}

TEST_F(Concatenation, AnotherMeasurementIsAnotherSeries) {
  bench.process(rows_of({{9, "eth0"}}), 0).end_input(0);
  bench.process(rows_of({{1, "eth0"}}, "icmp"), 1);
  EXPECT_EQ(out(bench), "eth0@9 eth0@1");
}

TEST_F(Concatenation, RowsOfOneInputAreNotComparedWithEachOther) {
  bench.process(rows_of({{5, "eth0"}, {3, "eth0"}}), 0)
      .process(rows_of({{4, "eth0"}}), 0)
      .end_input(0);
  bench.process(rows_of({{9, "eth0"}}), 1)
      .process(rows_of({{7, "eth0"}, {7, "eth0"}, {5, "eth0"}}), 1);
  EXPECT_EQ(out(bench), "eth0@5 eth0@3 eth0@4 eth0@9 eth0@7 eth0@7");
  EXPECT_EQ(bench.count("older_rows"), 1U);
}

TEST_F(Concatenation, ABatchOfNothingButDuplicatesIsNotPassedOn) {
  bench.process(rows_of({{5, "eth0"}}), 0).end_input(0);
  (void)bench.take();
  bench.process(rows_of({{5, "eth0"}, {4, "eth0"}}), 1);
  EXPECT_TRUE(bench.take().empty());
  EXPECT_EQ(bench.count("older_rows"), 2U);
}

TEST_F(Concatenation, TagsInAnotherOrderAreTheSameSeries) {
  const auto tagged = [](const char* first, const char* second, std::int64_t time) {
    BatchBuilder builder("m");
    const auto one = builder.tag(first);
    const auto two = builder.tag(second);
    builder.row(time).set(one, first).set(two, second);
    return builder.build();
  };
  bench.process(tagged("a", "b", 5), 0).end_input(0);
  bench.process(tagged("b", "a", 5), 1);
  EXPECT_EQ(bench.count("older_rows"), 1U);
}

TEST(Concatenator, AThirdInputIsMeasuredAgainstBothBefore) {
  Bench<Concatenator> bench({}, {"archive", "store.rows", "uplink"});
  bench.process(rows_of({{8, "eth0"}}), 0)
      .process(rows_of({{3, "lo"}}), 1)
      .end_input(0)
      .end_input(1);
  bench.process(rows_of({{5, "eth0"}, {9, "eth0"}, {3, "lo"}, {4, "lo"}}), 2);
  EXPECT_EQ(out(bench), "eth0@8 lo@3 eth0@9 lo@4");
}

TEST(Concatenator, DeclaresThatItReadsItsInputsInSequence) {
  const std::string description = weir::detail::describe<Concatenator>();
  EXPECT_NE(description.find(R"("inputs":{"min":2,"order":"sequence"})"), std::string::npos)
      << description;
}

}  // namespace
}  // namespace weir::concatenator
