// SPDX-License-Identifier: Apache-2.0
// Test files, right and wrong.
#include <gtest/gtest.h>

#include "core/pipelinetest/test_file.hpp"

namespace weir::core::pipelinetest {
namespace {

std::vector<PipelineTest> read(const std::string& text, config::Problems& problems) {
  return read_test_file("p.test.yaml", text, problems);
}

std::string problems_of(const std::string& text) {
  config::Problems problems;
  (void)read(text, problems);
  return problems.render();
}

TEST(TestFile, ReadsTablesTimesAndOverrides) {
  config::Problems problems;
  const auto tests = read(
      "environment: {A: one}\n"
      "tests:\n"
      "  - name: first\n"
      "    set: {grid.step: 10s, ping.targets: [a, b]}\n"
      "    start: 2026-02-01T00:00:00Z\n"
      "    for: 1h\n"
      "    given:\n"
      "      ping: {measurement: icmp, columns: [time, target, rtt_ms], types: {rtt_ms: float64 "
      "ms},\n"
      "             rows: [[0s, \"1\", 2.5], [-1s, x, null]], every: 10s, times: 3}\n"
      "      other: null\n"
      "    expect: {grid.late: {count: 0}, store: {rows: [{time: 5s, a.b: true}], tolerance: "
      "0.1}}\n"
      "    counters: {grid.late_rows: 4}\n",
      problems);
  ASSERT_FALSE(problems.has_errors()) << problems.render();
  ASSERT_EQ(tests.size(), 1U);
  const PipelineTest& test = tests.front();
  EXPECT_EQ(test.overrides,
            (std::vector<std::string>{"grid.step=10s", "ping.targets=[\"a\",\"b\"]"}));
  EXPECT_EQ(test.environment.at("A"), "one");
  EXPECT_EQ(to_text(*test.start), "2026-02-01T00:00:00Z");
  ASSERT_EQ(test.given.size(), 2U);
  ASSERT_EQ(test.given[0].rows.size(), 6U);
  EXPECT_EQ(test.given[0].measurement, "icmp");
  EXPECT_EQ(test.given[0].columns.at("rtt_ms").unit, "ms");
  EXPECT_EQ(test.given[0].rows[4].shift, std::chrono::seconds(20));
  EXPECT_EQ(test.given[0].rows[0].find("target")->kind, Cell::Kind::text);  // quoted
  EXPECT_EQ(test.given[1].rows.size(), 0U);
  ASSERT_EQ(test.expected.size(), 2U);
  EXPECT_EQ(test.expected[0].node + "/" + test.expected[0].port, "grid/late");
  EXPECT_EQ(test.expected[1].rows->front().cells.front().first, "a.b");
  EXPECT_EQ(test.counters.front().value, 4U);
}

TEST(TestFile, TheClockStartsAtTheEarliestFullTime) {
  config::Problems problems;
  const auto tests = read(
      "tests: [{name: a, given: {p: {rows: [{time: 2026-05-02}, {time: 2026-05-01}, {time: "
      "1s}]}},\n"
      "         expect: {q: {count: 1}}}, {name: b, expect: {q: {count: 1}}}]\n",
      problems);
  ASSERT_EQ(tests.size(), 2U) << problems.render();
  EXPECT_EQ(to_text(tests[0].clock_start()), "2026-05-01T00:00:00Z");
  EXPECT_EQ(to_text(tests[1].clock_start()), "2026-01-01T00:00:00Z");
}

TEST(TestFile, NamesTheKeyThatWasMeant) {
  EXPECT_EQ(problems_of("tests: [{name: a, expct: {q: {count: 1}}, counters: {q.r: 1}}]\n"),
            "p.test.yaml:1:19: error: a test has no key 'expct'\n"
            "   1 | tests: [{name: a, expct: {q: {count: 1}}, counters: {q.r: 1}}]\n"
            "     |                   ^^^^^ did you mean 'expect'?\n");
}

TEST(TestFile, RefusesWhatTestsNothing) {
  for (const char* text :
       {"", "tests: []\n", "tests: [{name: a}]\n", "tests: [{expect: {q: {count: 1}}}]\n",
        "tests: [{name: a, expect: {q: {}}}]\n", "tests: [{name: a, counters: {q: 1}}]\n",
        "tests: [{name: a, expect: {q: {count: -1}}}]\n",
        "tests: [{name: a, given: {p: {rows: [{x: 1}]}}, expect: {q: {count: 1}}}]\n",
        "tests: [{name: a, given: {p: {rows: [{time: soon}]}}, expect: {q: {count: 1}}}]\n",
        "tests: [{name: a, given: {p: {columns: [time], rows: [[0s, 1]]}}, expect: {q: {count: "
        "1}}}]\n",
        "tests: [{name: a, given: {p: {rows: [{time: 0s}], times: 2}}, expect: {q: {count: 1}}}]\n",
        "tests: [{name: a, given: {p: {rows: [{time: 0s}], times: 99999999, every: 1s}},"
        " expect: {q: {count: 1}}}]\n",
        "tests: [{name: a, expect: {q: {count: 1}}}, {name: a, expect: {q: {count: 1}}}]\n",
        "tests: [{name: a, expect: &x {q: {count: 1}}}, {name: b, expect: *x}]\n",
        "tests: [{name: a, name: b, expect: {q: {count: 1}}}]\n"}) {
    EXPECT_NE(problems_of(text), "") << text;
  }
}

}  // namespace
}  // namespace weir::core::pipelinetest
