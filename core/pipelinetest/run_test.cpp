// SPDX-License-Identifier: Apache-2.0
#include "core/pipelinetest/run_test.hpp"

#include <map>
#include <memory>
#include <string_view>
#include <utility>

#include "core/forecast/model_node.hpp"
#include "core/pipelinetest/cut.hpp"
#include "core/pipelinetest/test_nodes.hpp"
#include "core/runtime/runner.hpp"
#include "core/runtime/simulated_executor.hpp"

namespace weir::core::pipelinetest {
namespace {

constexpr std::uint64_t seed = 1;  // the same test does the same every time
constexpr std::size_t most_log_lines = 20;

using Departures = std::map<std::string, std::shared_ptr<const std::vector<Departure>>>;

Departures all_departures(const Graph& graph, const PipelineTest& test) {
  Departures all;
  for (const GraphNode& node : graph.nodes) {
    if (!node.inputs.empty()) continue;
    std::vector<const GivenRows*> tables;
    std::vector<std::uint32_t> ports;
    for (const GivenRows& rows : test.given) {
      if (rows.node != node.name) continue;
      tables.push_back(&rows);
      ports.push_back(rows.port.empty() ? 0 : node.description->output(rows.port).value_or(0));
    }
    try {
      all[node.name] = std::make_shared<const std::vector<Departure>>(
          departures(tables, ports, test.clock_start()));
    } catch (const Error& wrong) {
      throw Error("given for '" + node.name + "': " + wrong.what());
    }
  }
  return all;
}

std::uint64_t counted(const runtime::NodeStats& stats, const std::string& name, bool& known) {
  const std::pair<std::string_view, std::uint64_t> engine[] = {
      {"rows_in", stats.rows_in},
      {"rows_out", stats.rows_out},
      {"dropped_rows", stats.dropped_rows},
      {"rejected_rows", stats.rejected_rows},
      {"errors", stats.errors},
      {"restarts", stats.restarts},
      {"retries", stats.retries},
      {"unrouted_rows", stats.unrouted_rows}};
  known = true;
  for (const auto& [counter, value] : engine) {
    if (counter == name) return value;
  }
  const auto own = stats.counters.find(name);
  known = own != stats.counters.end();
  return known ? own->second : 0;
}

void check_counter(const ExpectedCounter& expected, const runtime::Snapshot& stats,
                   Verdict& verdict) {
  for (const runtime::NodeStats& node : stats.nodes) {
    if (node.name != expected.node) continue;
    bool known = false;
    const std::uint64_t value = counted(node, expected.counter, known);
    if (value == expected.value) return;
    std::string all;
    for (const auto& [name, count] : node.counters) all += (all.empty() ? "" : ", ") + name;
    verdict.differences.push_back(
        {expected.place,
         expected.node + "." + expected.counter + " is " + std::to_string(value) + ", " +
             std::to_string(expected.value) + " was expected" +
             (known ? "" : " (the node counted: " + (all.empty() ? "nothing" : all) + ")"),
         {}});
  }
}

}  // namespace

Verdict run_test(const Graph& pipeline, const PipelineTest& test, const MakeFactory& make_factory,
                 config::Problems& problems) {
  Verdict verdict;
  Cut part = cut(pipeline, test, problems);
  if (problems.has_errors()) return verdict;
  Departures given;
  try {
    given = all_departures(part.graph, test);
  } catch (const Error& wrong) {
    problems.error(test.place, wrong.what());
    return verdict;
  }

  std::map<std::string, std::vector<Batch>> captured;
  for (const auto& [name, role] : part.roles) captured[name];
  const bool linger = test.run_for.has_value();
  runtime::Factory plugins = make_factory(part.graph);
  const runtime::Factory factory = [&](const GraphNode& node,
                                       const weir_host& host) -> std::unique_ptr<NodeInstance> {
    switch (part.roles.at(node.name)) {
      case Cut::Role::given:
        return make_given_source(given.at(node.name), node.description->live, linger, host);
      case Cut::Role::captured:
        return make_capture(captured.at(node.name));
      case Cut::Role::under_test:
        break;
    }
    return plugins(node, host);
  };

  runtime::RunOptions options = runtime::simulated_run(test.clock_start(), seed);
  options.run_for = part.graph.run_for;
  options.log = [&](Level level, std::string_view node, std::string_view text) {
    if (level < Level::warning || verdict.log.size() >= most_log_lines) return;
    verdict.log.push_back((node.empty() ? "" : std::string(node) + ": ") + std::string(text));
  };
  options.query = [](const std::string&, const char* extension) -> const void* {
    static const char yes = 1;
    return std::string_view(extension) == learn_at_once_extension ? &yes : nullptr;
  };
  runtime::Runner runner(part.graph, factory, options);
  const runtime::RunResult result = runner.run();

  for (const std::string& reason : result.reasons)
    verdict.differences.push_back({test.place, "the run failed: " + reason, {}});
  for (const Expectation& expected : test.expected) {
    auto more = compare(expected, captured[capture_name(pipeline, expected)], test.clock_start());
    for (Difference& one : more) verdict.differences.push_back(std::move(one));
  }
  for (const ExpectedCounter& expected : test.counters)
    check_counter(expected, result.stats, verdict);
  return verdict;
}

}  // namespace weir::core::pipelinetest
