// SPDX-License-Identifier: Apache-2.0
#include "core/pipelinetest/cut.hpp"

#include <algorithm>
#include <optional>
#include <set>

namespace weir::core::pipelinetest {
namespace {

using config::Problems;

std::optional<std::size_t> index_of(const Graph& graph, const std::string& name) {
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    if (graph.nodes[i].name == name) return i;
  }
  return std::nullopt;
}

/// Shared by all captures: takes anything, gives nothing.
std::shared_ptr<const NodeDescription> capture_description() {
  auto description = std::make_shared<NodeDescription>();
  description->name = "capture";
  description->kind = Kind::sink;
  return description;
}

class Cutter {
 public:
  Cutter(const Graph& pipeline, const PipelineTest& test, Problems& problems)
      : pipeline_(pipeline), test_(test), problems_(problems) {}

  Cut run() {
    for (const GivenRows& rows : test_.given) note_given(rows);
    for (const Expectation& expected : test_.expected) note_expected(expected);
    for (const ExpectedCounter& counter : test_.counters) note_counter(counter);
    for (const GivenRows& rows : test_.given) check_used(rows);
    if (problems_.has_errors()) return {};
    return build();
  }

 private:
  std::optional<std::size_t> find(const std::string& name, const config::Place& place) {
    if (const auto found = index_of(pipeline_, name)) return found;
    std::vector<std::string> names;
    for (const GraphNode& node : pipeline_.nodes) names.push_back(node.name);
    problems_.error(place, "the pipeline has no node '" + name + "'",
                    config::did_you_mean(name, names));
    return std::nullopt;
  }

  /// The port's number; an empty name is the first.
  std::optional<std::uint32_t> find_port(std::size_t node, const std::string& port,
                                         const config::Place& place) {
    const NodeDescription& description = *pipeline_.nodes[node].description;
    if (port.empty() && !description.outputs.empty()) return 0;
    if (const auto found = description.output(port)) return found;
    std::vector<std::string> ports;
    std::string all;
    for (const PortDescription& known : description.outputs) {
      ports.push_back(known.name);
      all += (all.empty() ? "it has " : ", ") + known.name;
    }
    problems_.error(place, "node '" + pipeline_.nodes[node].name + "' has no port '" + port + "'",
                    config::did_you_mean(port, ports, all.empty() ? "it is a sink" : all));
    return std::nullopt;
  }

  void note_given(const GivenRows& rows) {
    const auto node = find(rows.node, rows.place);
    if (!node) return;
    if (pipeline_.nodes[*node].description->kind == Kind::sink) {
      problems_.error(rows.place, "node '" + rows.node + "' is a sink: no rows leave it",
                      "give the rows of what feeds it");
      return;
    }
    if (find_port(*node, rows.port, rows.place)) given_.insert(*node);
  }

  void note_expected(const Expectation& expected) {
    const auto node = find(expected.node, expected.place);
    if (!node) return;
    if (given_.contains(*node)) {
      problems_.error(expected.place, "the rows of '" + expected.node + "' are given, not computed",
                      "expect something of what it feeds");
      return;
    }
    need(*node);
    if (pipeline_.nodes[*node].description->kind == Kind::sink) {
      if (expected.port.empty()) return;
      problems_.error(expected.place,
                      "node '" + expected.node + "' is a sink, which a test replaces",
                      "expect the rows that reach it: write `" + expected.node + ":`");
    } else if (const auto port = find_port(*node, expected.port, expected.place))
      captured_ports_.emplace(*node, *port);
  }

  void note_counter(const ExpectedCounter& counter) {
    if (const auto node = find(counter.node, counter.place)) need(*node);
  }

  void need(std::size_t node) {
    if (!needed_.insert(node).second || given_.contains(node)) return;
    for (const GraphInput& input : pipeline_.nodes[node].inputs) need(input.node);
  }

  void check_used(const GivenRows& rows) {
    const auto node = index_of(pipeline_, rows.node);
    if (!node || needed_.contains(*node)) return;
    problems_.error(rows.place, "what is given for '" + rows.node + "' reaches nothing expected",
                    "remove it, or expect something of what it feeds");
  }

  /// A live source somewhere before it: then its rows come in their own time, not all at once.
  [[nodiscard]] bool live(std::size_t node) const {
    const GraphNode& of = pipeline_.nodes[node];
    if (of.inputs.empty()) return of.description->live;
    return std::any_of(of.inputs.begin(), of.inputs.end(),
                       [&](const GraphInput& input) { return live(input.node); });
  }

  Cut build() {
    Cut cut;
    cut.graph.name = pipeline_.name;
    cut.graph.run_for = test_.run_for ? test_.run_for : pipeline_.run_for;
    std::map<std::size_t, std::size_t> position;
    for (std::size_t i = 0; i < pipeline_.nodes.size(); ++i) {
      if (!needed_.contains(i)) continue;
      position[i] = cut.graph.nodes.size();
      cut.graph.nodes.push_back(remake(i, position, cut));
    }
    for (const auto& [node, port] : captured_ports_) {
      GraphNode capture;
      capture.name =
          pipeline_.nodes[node].name + "." + pipeline_.nodes[node].description->outputs[port].name;
      capture.plugin = "capture";
      capture.description = capture_description();
      capture.inputs.push_back({position[node], port});
      cut.roles[capture.name] = Cut::Role::captured;
      cut.graph.nodes.push_back(std::move(capture));
    }
    return cut;
  }

  GraphNode remake(std::size_t index, const std::map<std::size_t, std::size_t>& position,
                   Cut& cut) const {
    GraphNode node = pipeline_.nodes[index];
    if (node.description->kind == Kind::sink) {
      node.type = nullptr;
      node.description = capture_description();
      cut.roles[node.name] = Cut::Role::captured;
    } else if (given_.contains(index) || node.inputs.empty()) {
      auto description = std::make_shared<NodeDescription>(*node.description);
      description->kind = Kind::source;
      description->live = live(index);
      node.type = nullptr;
      node.description = std::move(description);
      node.inputs.clear();
      cut.roles[node.name] = Cut::Role::given;
    } else {
      // A test writes no file.
      std::erase_if(node.options, [](const OptionEntry& o) { return o.name == "model_file"; });
      cut.roles[node.name] = Cut::Role::under_test;
    }
    for (GraphInput& input : node.inputs) input.node = position.at(input.node);
    return node;
  }

  const Graph& pipeline_;
  const PipelineTest& test_;
  Problems& problems_;
  std::set<std::size_t> given_;
  std::set<std::size_t> needed_;
  std::set<std::pair<std::size_t, std::uint32_t>> captured_ports_;
};

}  // namespace

Cut cut(const Graph& pipeline, const PipelineTest& test, Problems& problems) {
  return Cutter(pipeline, test, problems).run();
}

std::string capture_name(const Graph& pipeline, const Expectation& expected) {
  const auto node = index_of(pipeline, expected.node);
  if (!node || pipeline.nodes[*node].description->kind == Kind::sink) return expected.node;
  const auto& outputs = pipeline.nodes[*node].description->outputs;
  if (outputs.empty()) return expected.node;
  return expected.node + "." + (expected.port.empty() ? outputs.front().name : expected.port);
}

}  // namespace weir::core::pipelinetest
