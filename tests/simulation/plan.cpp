// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/plan.hpp"

#include <array>
#include <memory>

#include "tests/simulation/dice.hpp"
#include "tests/simulation/disk_plan.hpp"

namespace weir::simulation {
namespace {

using Kind = NodePlan::Kind;
using std::chrono::milliseconds;
using std::chrono::seconds;

NodePlan make_source(Dice& dice, std::size_t number) {
  NodePlan node;
  node.name = "source" + std::to_string(number);
  node.kind = dice.chance(0.35) ? Kind::live : Kind::replayable;
  node.rows = dice.between(20, 300);
  node.batch = static_cast<std::size_t>(dice.between(1, 25));
  node.series = dice.between(1, 4);
  node.period = milliseconds(dice.between(50, 3000));
  if (dice.chance(0.4)) node.faults.throws = dice.up_to(0.1);
  if (dice.chance(0.3)) node.faults.retry_later = dice.up_to(0.1);
  return node;
}

Faults make_faults(Dice& dice) {
  Faults faults;
  if (dice.chance(0.5)) faults.throws = dice.up_to(0.15);
  if (dice.chance(0.4)) faults.retry_later = dice.up_to(0.2);
  if (dice.chance(0.2)) faults.rejects = dice.up_to(0.1);
  if (dice.chance(0.08)) faults.fatal = dice.up_to(0.02);
  if (dice.chance(0.3)) faults.poison = dice.between(37, 150);
  return faults;
}

/// One to three of the nodes before it that are no sinks.
void choose_inputs(Dice& dice, const std::vector<NodePlan>& before, NodePlan& node) {
  const std::int64_t wanted = dice.chance(0.3) ? dice.between(2, 3) : 1;
  for (std::int64_t i = 0; i < wanted; ++i) {
    const auto pick =
        static_cast<std::size_t>(dice.below(static_cast<std::int64_t>(before.size())));
    bool taken = false;
    for (const std::size_t other : node.inputs) taken = taken || other == pick;
    if (!taken) node.inputs.push_back(pick);
  }
  node.join = node.inputs.size() > 1 && dice.chance(0.5);
  node.drop_oldest = dice.chance(0.1);
  node.queue = dice.between(700, 6000);
}

NodePlan make_transform(Dice& dice, const std::vector<NodePlan>& before, std::size_t number) {
  constexpr std::array kinds{Kind::pass, Kind::hold, Kind::reject};
  NodePlan node;
  node.name = "transform" + std::to_string(number);
  node.kind = kinds[static_cast<std::size_t>(dice.below(3))];
  node.held = static_cast<std::size_t>(dice.between(2, 60));
  node.faults = make_faults(dice);
  choose_inputs(dice, before, node);
  return node;
}

void plan_server(Dice& dice, NodePlan& node) {
  Duration at{0};
  for (std::int64_t i = dice.below(4); i > 0; --i) {
    const Duration from = at + milliseconds(dice.between(0, 60'000));
    at = from + milliseconds(dice.between(10, 300'000));
    node.outages.push_back({from, at});
  }
  if (dice.chance(0.4)) node.half_done = dice.up_to(0.2);
  if (dice.chance(0.2)) node.stalls = dice.up_to(0.1);
  if (dice.chance(0.25)) node.refused = dice.between(41, 160);
}

/// A source or transform that nothing takes from gets a sink of its own.
void feed_all(Dice& dice, Plan& plan, std::size_t sinks) {
  std::vector<NodePlan> before = plan.nodes;
  const auto add_sink = [&](std::vector<std::size_t> inputs) {
    NodePlan node;
    node.name = "sink" + std::to_string(++sinks);
    node.kind = Kind::sink;
    if (inputs.empty()) {
      choose_inputs(dice, before, node);
    } else {
      node.inputs = std::move(inputs);
      node.queue = dice.between(700, 6000);
    }
    node.faults = make_faults(dice);
    plan_server(dice, node);
    plan.nodes.push_back(std::move(node));
  };
  for (std::int64_t i = dice.between(1, 2); i > 0; --i) add_sink({});
  std::vector<bool> fed(before.size(), false);
  for (const NodePlan& node : plan.nodes) {
    for (const std::size_t input : node.inputs) fed[input] = true;
  }
  for (std::size_t i = 0; i < fed.size(); ++i) {
    if (!fed[i]) add_sink({i});
  }
}

void plan_lives(Dice& dice, Plan& plan) {
  using End = LifePlan::End;
  constexpr std::array ends{End::stop, End::stop_twice, End::crash, End::crash};
  for (std::int64_t i = dice.below(4); i > 0; --i) {
    plan.lives.push_back({ends[static_cast<std::size_t>(dice.below(4))],
                          static_cast<std::uint64_t>(dice.between(1, 400))});
  }
  plan.lives.push_back({});
  plan.grace = seconds(dice.between(1, 20));
}

constexpr const char* kind_name(Kind kind) {
  constexpr std::array names{"replayable", "live", "pass", "hold", "reject", "sink"};
  return names[static_cast<std::size_t>(kind)];
}

}  // namespace

Plan make_plan(std::uint64_t seed) {
  Dice dice(seed * 0x9E3779B97F4A7C15U + 1);
  Plan plan;
  plan.seed = seed;
  for (std::int64_t i = dice.between(1, 3); i > 0; --i)
    plan.nodes.push_back(make_source(dice, plan.nodes.size() + 1));
  const std::int64_t transforms = dice.below(5);
  for (std::int64_t i = 0; i < transforms; ++i) {
    plan.nodes.push_back(make_transform(dice, plan.nodes, static_cast<std::size_t>(i + 1)));
  }
  feed_all(dice, plan, 0);
  plan_lives(dice, plan);
  plan_disk(plan);
  return plan;
}

core::Graph make_graph(const Plan& plan) {
  core::Graph graph;
  graph.name = "simulated";
  for (const NodePlan& from : plan.nodes) {
    auto description = std::make_shared<core::NodeDescription>();
    description->name = "simulated";
    description->kind = from.inputs.empty()       ? core::Kind::source
                        : from.kind == Kind::sink ? core::Kind::sink
                                                  : core::Kind::transform;
    description->live = from.kind == Kind::live;
    description->order = from.join ? Order::watermark : Order::any;
    if (from.kind != Kind::sink) description->outputs = {{"out", ""}, {"rejected", ""}};
    core::GraphNode node;
    node.name = from.name;
    node.plugin = "simulated";
    node.description = std::move(description);
    node.settings.queue.count = from.queue;
    node.settings.buffer = from.buffer;
    if (from.drop_oldest) node.settings.when_full = core::WhenFull::drop_oldest;
    for (const std::size_t input : from.inputs) node.inputs.push_back({input, 0});
    graph.nodes.push_back(std::move(node));
  }
  return graph;
}

std::string to_text(const Plan& plan) {
  std::string text;
  for (const NodePlan& node : plan.nodes) {
    text += "  " + node.name + " (" + kind_name(node.kind);
    if (node.rows > 0) text += ", " + std::to_string(node.rows) + " rows";
    if (node.drop_oldest) text += ", drops the oldest";
    if (node.buffer) text += ", " + to_text(*node.buffer);
    text += ")";
    for (const std::size_t input : node.inputs) text += " <- " + plan.nodes[input].name;
    text += "\n";
  }
  for (const LifePlan& life : plan.lives) {
    constexpr std::array names{"ends by itself", "is stopped", "is stopped twice", "crashes"};
    text += std::string("  a life ") + names[static_cast<std::size_t>(life.end)];
    if (life.calls > 0) text += " after " + std::to_string(life.calls) + " calls";
    if (life.cut_at > 0) text += ", power cut at disk operation " + std::to_string(life.cut_at);
    if (life.cut_after) text += ", power cut after it";
    text += "\n";
  }
  for (const DiskTrouble& trouble : plan.disk) text += "  " + to_text(trouble) + "\n";
  return text;
}

}  // namespace weir::simulation
