// SPDX-License-Identifier: Apache-2.0
// Graphs that are wrong, before one that is right.
#include <gtest/gtest.h>

#include "shelf.hpp"

namespace weir::core::testing {
namespace {

const std::string ping = "  ping: {plugin: ping-source, targets: [a]}\n";

std::string problems_of(const std::string& nodes) { return bind_text("nodes:\n" + nodes).text(); }

TEST(Bind, AGoodGraphInOrder) {
  const Bound bound = bind_text(
      "description: Good.\n"
      "nodes:\n"
      "  store: {plugin: store, path: out.db, inputs: [model, model.training, grid.late, "
      "ping.rejected]}\n"
      "  model: {plugin: drift-model, inputs: scale, horizon: 20}\n"
      "  scale: {plugin: scaler, inputs: [grid], preset: seed}\n"
      "  grid: {plugin: joiner, inputs: [ping, other], idle_timeout: 3s, queue: 1MiB, when_full: "
      "drop_oldest}\n"
      "  other: {plugin: ping-source, targets: \"${TARGETS}\"}\n" +
      ping);
  EXPECT_EQ(bound.text(), "");
  std::string order;
  for (const GraphNode& node : bound.graph.nodes) order += node.name + " ";
  EXPECT_EQ(order, "other ping grid scale model store ");
  EXPECT_EQ(bound.graph.name, "p");
  EXPECT_EQ(bound.graph.description, "Good.");
  const GraphNode& grid = bound.node("grid");
  EXPECT_EQ(grid.inputs.at(0).node, 1U);
  EXPECT_EQ(grid.inputs.at(1).node, 0U);
  // The plugin and the engine both want to know it.
  EXPECT_EQ(grid.settings.idle_timeout, std::chrono::seconds(3));
  EXPECT_EQ(grid.options, (OptionValues{{"idle_timeout", {std::int64_t{3'000'000'000}}}}));
  EXPECT_EQ(grid.settings.queue, Bytes{1 << 20});
  EXPECT_EQ(grid.settings.when_full, WhenFull::drop_oldest);
  EXPECT_EQ(bound.node("scale").options, (OptionValues{{"method", {std::string("robust")}}}));
  EXPECT_EQ(bound.node("model").options, (OptionValues{{"horizon", {std::int64_t{20}}}}));
  EXPECT_EQ(
      bound.node("other").options,
      (OptionValues{
          {"targets", {OptionValue::List{{std::string("10.0.0.1")}, {std::string("10.0.0.2")}}}}}));
  const auto& store = bound.node("store").inputs;
  ASSERT_EQ(store.size(), 4U);
  EXPECT_EQ(store[0].port, 0U);
  EXPECT_EQ(store[1].port, 1U);
  EXPECT_EQ(store[2].port, 1U);
  EXPECT_EQ(store[3].port, 1U);
}

TEST(Bind, IniIsTheSame) {
  const Bound bound = bind_text(
      "[ping]\nplugin = ping-source\ntargets = a, b\n[store]\nplugin = store\ninputs = ping, "
      "ping.rejected\npath = x\n",
      "p.ini");
  EXPECT_EQ(bound.text(), "");
  EXPECT_EQ(bound.node("store").inputs.size(), 2U);
  EXPECT_EQ(std::get<OptionValue::List>(bound.node("ping").options.at(0).value.value).size(), 2U);
}

TEST(Bind, EmptyPipelines) {
  EXPECT_EQ(
      bind_text("nodes: {}\n").text(),
      "p.yaml:1:1: error: the pipeline has no nodes\n"
      "   1 | nodes: {}\n"
      "     | ^^^^^ such as `nodes: {ping: {plugin: icmp-source, targets: [127.0.0.1]}, …}`\n");
  EXPECT_NE(bind_text("description: x\n").text().find("p.yaml: error: the pipeline has no nodes"),
            std::string::npos);
  EXPECT_NE(bind_text("nodes: [a]\n").text().find("'nodes' needs a map of nodes, not a list"),
            std::string::npos);
  EXPECT_NE(bind_text("nodes: {a: 5}\n").text().find("node 'a' needs a map, not text"),
            std::string::npos)
      << bind_text("nodes: {a: 5}\n").text();
}

TEST(Bind, RunsForATime) {
  EXPECT_EQ(bind_text("for: 90s\nnodes: {}\n").graph.run_for, std::chrono::seconds(90));
  EXPECT_EQ(bind_text("nodes: {}\n").graph.run_for, std::nullopt);
  for (const char* wrong : {"0s", "-5s", "soon", "[1s]"}) {
    const std::string text = bind_text("for: " + std::string(wrong) + "\nnodes: {}\n").text();
    EXPECT_NE(text.find("p.yaml:1:6: error: 'for' is how long"), std::string::npos) << text;
  }
}

TEST(Bind, NodesBesideNodes) {
  const std::string text = bind_text("ping: {plugin: ping-source}\nnodes: {}\n").text();
  EXPECT_NE(text.find("a pipeline has no key 'ping'"), std::string::npos);
  EXPECT_NE(text.find("nodes stand under `nodes:`"), std::string::npos);
}

TEST(Bind, UnknownPluginAndNone) {
  EXPECT_EQ(problems_of("  a: {plugin: pong}\n  b: {targets: [x]}\n"),
            "p.yaml:2:15: error: there is no plugin 'pong'\n"
            "   2 |   a: {plugin: pong}\n"
            "     |               ^^^^ searched /a, /b\n"
            "p.yaml:3:3: error: node 'b' names no plugin\n"
            "   3 |   b: {targets: [x]}\n"
            "     |   ^ add `plugin: NAME`; see `weir plugins list`\n");
}

TEST(Bind, NodeNames) {
  EXPECT_NE(
      problems_of("  a.b: {plugin: ping-source, targets: x}\n").find("'a.b' is no name for a node"),
      std::string::npos);
}

TEST(Bind, UnknownNodeAndPort) {
  EXPECT_EQ(
      problems_of(ping + "  s: {plugin: store, path: x, inputs: [pingg, ping.outt, ping.late]}\n"),
      "p.yaml:3:40: error: there is no node 'pingg'\n"
      "   3 |   s: {plugin: store, path: x, inputs: [pingg, ping.outt, ping.late]}\n"
      "     |                                        ^^^^^ did you mean 'ping'?\n"
      "p.yaml:3:47: error: node 'ping' (ping-source) has no port 'outt'\n"
      "   3 |   s: {plugin: store, path: x, inputs: [pingg, ping.outt, ping.late]}\n"
      "     |                                               ^^^^^^^^^ did you mean 'out'?\n"
      "p.yaml:3:58: error: node 'ping' (ping-source) has no port 'late'\n"
      "   3 |   s: {plugin: store, path: x, inputs: [pingg, ping.outt, ping.late]}\n"
      "     |                                                          ^^^^^^^^^ it has out, "
      "rejected\n");
}

TEST(Bind, NothingFeedsASink) {
  EXPECT_EQ(problems_of("  s: {plugin: store, path: x}\n"),
            "p.yaml:2:3: error: nothing feeds node 's'\n"
            "   2 |   s: {plugin: store, path: x}\n"
            "     |   ^ add `inputs: [...]`; there are: no other nodes with an output\n");
}

TEST(Bind, OutputThatGoesNowhere) {
  EXPECT_EQ(problems_of(ping),
            "p.yaml:2:3: error: the output of node 'ping' goes nowhere\n"
            "   2 |   ping: {plugin: ping-source, targets: [a]}\n"
            "     |   ^^^^ add it to the `inputs` of a sink, or remove the node\n");
  // Rejected rows alone are not what a source is for.
  EXPECT_NE(problems_of(ping + "  s: {plugin: store, path: x, inputs: [ping.rejected]}\n")
                .find("goes nowhere"),
            std::string::npos);
}

TEST(Bind, TooManyAndTooFewInputs) {
  const std::string text = problems_of(ping +
                                       "  pong: {plugin: ping-source, targets: [b]}\n"
                                       "  scale: {plugin: scaler, inputs: [ping, pong]}\n"
                                       "  join: {plugin: joiner, inputs: [scale]}\n"
                                       "  s: {plugin: store, path: x, inputs: [join]}\n");
  EXPECT_NE(text.find("p.yaml:4:27: error: scaler takes at most 1 input, not 2"), std::string::npos)
      << text;
  EXPECT_NE(text.find("p.yaml:5:26: error: joiner takes at least 2 inputs, not 1"),
            std::string::npos)
      << text;
}

TEST(Bind, SourceWithInputsAndSinkAsInput) {
  const std::string text = problems_of(
      "  ping: {plugin: ping-source, targets: [a], inputs: [s]}\n"
      "  s: {plugin: store, path: x, inputs: [ping]}\n"
      "  t: {plugin: store, path: y, inputs: [s]}\n");
  EXPECT_NE(text.find("ping-source is a source and takes no inputs"), std::string::npos) << text;
  EXPECT_NE(text.find("node 's' is a sink and has no output"), std::string::npos) << text;
}

TEST(Bind, TheSameInputTwice) {
  EXPECT_NE(problems_of(ping + "  s: {plugin: store, path: x, inputs: [ping, ping.out]}\n")
                .find("p.yaml:3:46: error: 'ping.out' feeds the node twice"),
            std::string::npos);
}

TEST(Bind, CyclesAreNamed) {
  EXPECT_EQ(problems_of(ping + "  a: {plugin: joiner, inputs: [ping, c]}\n"
                               "  b: {plugin: scaler, inputs: [a]}\n"
                               "  c: {plugin: scaler, inputs: [b]}\n"
                               "  s: {plugin: store, path: x, inputs: [c]}\n"),
            "p.yaml:3:38: error: the nodes feed each other in a circle: a -> b -> c -> a\n"
            "   3 |   a: {plugin: joiner, inputs: [ping, c]}\n"
            "     |                                      ^ remove one of these inputs\n");
  EXPECT_NE(problems_of("  a: {plugin: scaler, inputs: [a]}\n").find("node 'a' feeds itself"),
            std::string::npos);
}

TEST(Bind, TwoCyclesAreTwoProblems) {
  const std::string text = problems_of(
      "  a: {plugin: scaler, inputs: [b]}\n  b: {plugin: scaler, inputs: [a]}\n"
      "  c: {plugin: scaler, inputs: [d]}\n  d: {plugin: scaler, inputs: [c]}\n");
  EXPECT_NE(text.find("a -> b -> a"), std::string::npos) << text;
  EXPECT_NE(text.find("c -> d -> c"), std::string::npos) << text;
}

TEST(Bind, TwoSinksOnOneFile) {
  const std::string text =
      problems_of(ping +
                  "  s: {plugin: store, path: out/x.db, inputs: [ping]}\n"
                  "  t: {plugin: store, path: ./out/y/../x.db, inputs: [ping]}\n"
                  "  u: {plugin: store, path: other, directory: out, inputs: [ping]}\n"
                  "  v: {plugin: store, path: third, directory: out/, inputs: [ping]}\n");
  EXPECT_NE(text.find("p.yaml:4:28: error: nodes 's' and 't' write the same file"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("nodes 'u' and 'v' write the same folder"), std::string::npos) << text;
}

TEST(Bind, AllProblemsAtOnce) {
  const Bound bound = bind_text(
      "nodes:\n  a: {plugin: pong}\n  b: {plugin: scaler, methd: minmax, inputs: [zzzzzz]}\n"
      "  c: {plugin: store, inputs: [b]}\n  d: {plugin: ping-source, targets: [a], interval: 1}\n");
  // pong; methd; zzzzzz; path of c; interval; d goes nowhere
  EXPECT_EQ(bound.problems.all().size(), 6U) << bound.text();
}

TEST(Bind, UnsetVariableIsSaidOnce) {
  const Bound bound =
      bind_text("nodes:\n" + ping + "  s: {plugin: store, path: x, inputs: [\"${NOPE}\"]}\n");
  EXPECT_EQ(bound.problems.all().size(), 1U) << bound.text();
}

}  // namespace
}  // namespace weir::core::testing
