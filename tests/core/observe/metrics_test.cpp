// SPDX-License-Identifier: Apache-2.0
#include "core/observe/metrics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>
#include <set>
#include <sstream>

#include "core/observe/view_json.hpp"
#include "observe_testing.hpp"

namespace weir::core::observe {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

TEST(Metrics, TellsTheNumbersOfEveryNode) {
  RunView view = small_run();
  view.snapshot.nodes[0].rows_out = 123456789;
  view.snapshot.nodes[1].rows_in = 7;
  view.snapshot.nodes[1].busy = std::chrono::milliseconds{1500};
  view.snapshot.nodes[1].state = "blocked";
  view.snapshot.nodes[1].call = "flush";
  view.snapshot.nodes[1].call_since = seconds{990};
  view.hangs = {{"store", "flush", seconds{10}}};
  const std::string text = metrics_text(view);
  const std::string store = "{pipeline=\"monitor\",node=\"store\"";
  EXPECT_THAT(text, HasSubstr("weir_build_info{version=\"1.2.3\"} 1"));
  EXPECT_THAT(text,
              HasSubstr("weir_node_rows_out_total{pipeline=\"monitor\",node=\"ping\"} 123456789"));
  EXPECT_THAT(text, HasSubstr("weir_node_rows_in_total" + store + "} 7"));
  EXPECT_THAT(text, HasSubstr("weir_node_busy_seconds_total" + store + "} 1.5"));
  EXPECT_THAT(text, HasSubstr("weir_node_state" + store + ",state=\"blocked\"} 1"));
  EXPECT_THAT(text, HasSubstr("weir_node_state" + store + ",state=\"waiting\"} 0"));
  EXPECT_THAT(text, HasSubstr("weir_node_call_seconds" + store + "} 10"));
  EXPECT_THAT(text, HasSubstr("weir_node_hanging" + store + "} 1"));
  EXPECT_THAT(text, HasSubstr("weir_run_status{pipeline=\"monitor\",status=\"degraded\"} 1"));
}

TEST(Metrics, FollowsTheTextFormatAndItsConventions) {
  RunView view = small_run();
  view.snapshot.nodes[0].name = "pi\"ng\\\n";
  view.snapshot.nodes[0].counters["late rows"] = 3;
  const std::regex sample(
      R"re([a-z_]+(\{[a-z]+="([^"\\]|\\.)*"(,[a-z]+="([^"\\]|\\.)*")*\})? [-+0-9.e]+)re");
  const std::regex comment(R"(# (HELP|TYPE) [a-z_]+ .+)");
  std::set<std::string> counters;
  std::set<std::string> series;
  for (const std::string& line : lines_of(metrics_text(view))) {
    EXPECT_TRUE(std::regex_match(line, line[0] == '#' ? comment : sample)) << line;
    EXPECT_TRUE(line[0] == '#' || series.insert(line.substr(0, line.rfind(' '))).second) << line;
    if (line.ends_with(" counter")) counters.insert(line.substr(7, line.rfind(' ') - 7));
  }
  EXPECT_GT(counters.size(), 10U);
  for (const std::string& name : counters) EXPECT_TRUE(name.ends_with("_total")) << name;
}

TEST(Metrics, ANodeCannotGrowThemWithoutEnd) {
  RunView view = small_run();
  for (int i = 0; i < 1000; ++i) view.snapshot.nodes[0].counters["c" + std::to_string(i)] = 1;
  view.snapshot.nodes[0].counters[std::string(1000, 'x')] = 1;
  std::size_t shown = 0;
  for (const std::string& line : lines_of(metrics_text(view))) {
    shown += line.starts_with("weir_node_counter_total{") ? 1 : 0;
    EXPECT_LT(line.size(), 500U);
  }
  EXPECT_EQ(shown, 64U);
}

TEST(Metrics, NoMessageIsInThem) {
  RunView view = small_run();
  view.snapshot.nodes[0].trouble = "cannot log in with PLANTED";
  view.snapshot.nodes[0].failure = "PLANTED";
  view.snapshot.nodes[0].retrying_since = seconds{1};
  EXPECT_THAT(metrics_text(view), Not(HasSubstr("PLANTED")));
}

}  // namespace
}  // namespace weir::core::observe
