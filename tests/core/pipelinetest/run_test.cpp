// SPDX-License-Identifier: Apache-2.0
// Whole tests over a pipeline of C++ fakes.
#include "core/pipelinetest/run_test.hpp"

#include <gtest/gtest.h>

namespace weir::core::pipelinetest {
namespace {

/// Passes rows on; counts them; at the end of the input says how many.
struct Passing : NodeInstance {
  explicit Passing(const weir_host& used) : host(used) {}
  void open() override {}
  Next produce(Emitter&) override { return End{}; }
  void process(std::uint32_t, const Batch& batch, Emitter& out) override {
    host.count(host.self, "batches", 1);
    arrived = host.now(host.self);
    out.emit(0, batch);
  }
  void end_input(std::uint32_t, Emitter&) override {}
  void on_time(Timestamp, Emitter&) override {}
  void flush() override {}
  void finish(Reason, Emitter& out) override {
    BatchBuilder rows("ends");
    const auto last = rows.field<std::int64_t>("last_arrival_s");
    rows.row(host.now(host.self)).set(last, arrived / 1'000'000'000);
    out.emit(1, rows.build());
  }
  const weir_host& host;
  std::int64_t arrived = 0;
};

std::shared_ptr<NodeDescription> describe(Kind kind, bool live = false) {
  auto description = std::make_shared<NodeDescription>();
  description->kind = kind;
  description->live = live;
  if (kind != Kind::sink) description->outputs = {{"out", ""}, {"ends", ""}};
  return description;
}

GraphNode node(const std::string& name, std::shared_ptr<NodeDescription> description,
               std::vector<GraphInput> inputs = {}) {
  GraphNode made;
  made.name = name;
  made.description = std::move(description);
  made.inputs = std::move(inputs);
  return made;
}

/// live and file -> pass -> store.
Graph pipeline() {
  Graph graph;
  graph.nodes.push_back(node("live", describe(Kind::source, true)));
  graph.nodes.push_back(node("file", describe(Kind::source)));
  graph.nodes.push_back(node("pass", describe(Kind::transform), {{0, 0}, {1, 0}}));
  graph.nodes.push_back(node("store", describe(Kind::sink), {{2, 0}}));
  return graph;
}

class RunTest : public ::testing::Test {
 protected:
  Verdict run(const std::string& test) {
    const auto tests = read_test_file("t.yaml", "tests: [{name: a, " + test + "}]\n", problems_);
    EXPECT_FALSE(problems_.has_errors()) << problems_.render();
    return run_test(
        pipeline(), tests.front(),
        [&](const Graph&) -> runtime::Factory {
          return [&](const GraphNode& made, const weir_host& host) {
            made_.push_back(made.name);
            return std::make_unique<Passing>(host);
          };
        },
        problems_);
  }
  config::Problems problems_;
  std::vector<std::string> made_;
};

TEST_F(RunTest, SourcesAndSinksAreReplacedAndTheRestRuns) {
  const Verdict verdict = run(
      "given: {live: {rows: [{time: 0s, v: 1}]}},"
      "expect: {store: {rows: [{time: 0s, v: 1}]}, pass: {count: 1}}, counters: {pass.batches: 1}");
  EXPECT_TRUE(verdict.passed()) << verdict.differences.front().headline;
  EXPECT_EQ(made_, (std::vector<std::string>{"pass"}));
}

TEST_F(RunTest, LiveRowsArriveAtTheirTimeOthersAtOnce) {
  EXPECT_TRUE(run("start: 2026-01-01, given: {live: {rows: [{time: 1h, v: 1}]}},"
                  "expect: {pass.ends: {rows: [{last_arrival_s: 1767229200}]}}")
                  .passed());
  EXPECT_TRUE(run("start: 2026-01-01, given: {file: {rows: [{time: 1h, v: 1}]}},"
                  "expect: {pass.ends: {rows: [{last_arrival_s: 1767225600}]}}")
                  .passed());
}

TEST_F(RunTest, ForKeepsLiveSourcesSilentUntilThen) {
  EXPECT_TRUE(run("start: 2026-01-01, for: 2h, given: {live: {rows: [{time: 0s, v: 1}]}},"
                  "expect: {pass.ends: {rows: [{time: 2h}]}}")
                  .passed());
}

TEST_F(RunTest, ADifferenceHasAPlaceAndFails) {
  const Verdict verdict =
      run("given: {file: {rows: [{time: 0s, v: 1}]}}, expect: {store: {rows: [{v: 2}]}}");
  ASSERT_EQ(verdict.differences.size(), 1U);
  EXPECT_EQ(verdict.differences.front().place.line, 1);
  EXPECT_NE(verdict.differences.front().table.find("v       2         1"), std::string::npos)
      << verdict.differences.front().table;
  EXPECT_FALSE(run("expect: {pass: {count: 0}}, counters: {pass.batches: 3}").passed());
}

TEST_F(RunTest, NodesThatDoNotExistAreProblemsOfTheTest) {
  for (const char* test :
       {"expect: {pas: {count: 0}}", "expect: {pass.outt: {count: 0}}",
        "given: {store: null}, expect: {pass: {count: 0}}",
        "given: {pass: null}, expect: {pass: {count: 0}}", "counters: {nobody.rows_in: 1}",
        "expect: {store.rejected: {count: 0}}"}) {
    problems_ = {};
    (void)run(test);
    EXPECT_TRUE(problems_.has_errors()) << test;
  }
}

TEST_F(RunTest, WhatIsGivenMustReachWhatIsExpected) {
  Graph apart = pipeline();
  apart.nodes[2].inputs.pop_back();  // `file` feeds nothing now
  const auto tests = read_test_file(
      "t.yaml", "tests: [{name: a, given: {file: null}, expect: {pass: {count: 0}}}]", problems_);
  (void)run_test(
      apart, tests.front(), [](const Graph&) { return runtime::Factory{}; }, problems_);
  EXPECT_NE(problems_.render().find("reaches nothing expected"), std::string::npos);
}

TEST_F(RunTest, AColumnOfTwoKindsIsRefused) {
  (void)run(
      "given: {file: {rows: [{time: 0s, v: 1}, {time: 1s, v: x}]}}, expect: {pass: {count: 2}}");
  EXPECT_NE(problems_.render().find("column 'v' holds float64"), std::string::npos);
}

}  // namespace
}  // namespace weir::core::pipelinetest
