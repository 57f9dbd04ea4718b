// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/invariants.hpp"

#include <algorithm>
#include <cstdlib>

namespace weir::simulation {
namespace {

using core::runtime::NodeStats;
using Kind = NodePlan::Kind;

std::uint64_t total(const Rows& rows) {
  std::uint64_t count = 0;
  for (const auto& [id, times] : rows) count += times;
  return count;
}

const Rows& letters_of(const std::map<std::string, Rows>& letters, const std::string& node) {
  static const Rows none;
  const auto found = letters.find(node);
  return found == letters.end() ? none : found->second;
}

/// The path of a source to a node is one: only then have its rows an order there.
std::size_t paths(const Plan& plan, std::size_t source, std::size_t node) {
  if (source == node) return 1;
  std::size_t count = 0;
  for (const std::size_t input : plan.nodes[node].inputs) count += paths(plan, source, input);
  return count;
}

class Checker {
 public:
  explicit Checker(const Life& life) : life_(life) {}

  std::vector<std::string> run() {
    for (std::size_t node = 0; node < life_.plan.nodes.size(); ++node) {
      const std::string& name = life_.plan.nodes[node].name;
      check_letters(name, node);
      if (entrance(life_.plan.nodes[node]) != name)
        check_letters(entrance(life_.plan.nodes[node]), node);
      if (life_.plan.nodes[node].inputs.empty()) continue;
      check_taken(node);
      if (life_.plan.nodes[node].kind != Kind::sink) check_passed_on(node);
      check_order(node);
    }
    check_queues();
    for (const std::string& reason : life_.result.reasons) {
      if (reason.find("nothing can run") != std::string::npos ||
          reason.find("cannot grow") != std::string::npos)
        broken_.push_back("stuck: " + reason);
    }
    return std::move(broken_);
  }

 private:
  /// Of who takes in what is given to it.
  [[nodiscard]] const NodeStats& stats(std::size_t node) const {
    return stats_of(life_.result, entrance(life_.plan.nodes[node]));
  }
  [[nodiscard]] const NodeLedger& ledger(std::size_t node) const {
    return life_.worlds[node].ledger;
  }
  void expect_equal(std::uint64_t real, std::uint64_t counted, std::size_t node,
                    const std::string& what) {
    if (real == counted) return;
    broken_.push_back(life_.plan.nodes[node].name + ": " + what + ": " + std::to_string(real) +
                      " in truth, " + std::to_string(counted) + " by the engine's counts");
  }

  /// "12 rows that store had not dealt with are lost", as the run says it.
  [[nodiscard]] std::uint64_t said_lost(std::size_t node) const {
    const std::string tail =
        " rows that " + entrance(life_.plan.nodes[node]) + " had not dealt with";
    for (const std::string& reason : life_.result.reasons) {
      if (reason.find(tail) != std::string::npos) return std::strtoull(reason.c_str(), nullptr, 10);
    }
    return 0;
  }

  void check_letters(const std::string& name, std::size_t node) {
    expect_equal(total(letters_of(life_.letters, name)), stats_of(life_.result, name).rejected_rows,
                 node, "rows kept aside");
  }

  void check_taken(std::size_t node) {
    const std::uint64_t away = total(gone(life_.plan, life_.worlds, node, life_.letters));
    expect_equal(away, stats(node).dropped_rows + stats(node).discarded_rows + said_lost(node),
                 node, "rows that came to it and are gone");
  }

  void check_passed_on(std::size_t node) {
    const NodeLedger& own = ledger(node);
    expect_equal(total(own.taken), total(own.given) + total(own.refused) + total(own.held), node,
                 "rows taken against given on, refused and held");
    expect_equal(total(own.given) + total(own.refused), stats(node).rows_out, node, "rows out");
    if (total(own.held) > 0 && !life_.forced && stats(node).failure.empty())
      broken_.push_back(life_.plan.nodes[node].name + ": held rows at a clean end");
  }

  void check_order(std::size_t node) {
    const NodeWorld& world = life_.worlds[node];
    for (const auto& [input, ids] :
         world.plan->buffer ? world.buffer.flushed_order() : world.ledger.order) {
      if (input >= life_.plan.nodes[node].inputs.size()) continue;
      const std::size_t from = life_.plan.nodes[node].inputs[input];
      std::map<Id, Id> last;  // by source
      for (const Id id : ids) {
        const Id source = id / ids_of_a_source;
        if (paths(life_.plan, static_cast<std::size_t>(source), from) != 1) continue;
        const auto [at, first] = last.emplace(source, id);
        if (!first && id <= at->second) {
          broken_.push_back(life_.plan.nodes[node].name + ": row " + std::to_string(id) +
                            " came after " + std::to_string(at->second));
          return;
        }
        at->second = id;
      }
    }
  }

  void check_queues() {
    std::size_t held = 0;
    for (const auto& edge : life_.result.stats.edges) {
      held += edge.capacity;
      if (edge.peak_bytes > edge.capacity + life_.largest_parcel) {
        broken_.push_back(edge.name + ": held " + std::to_string(edge.peak_bytes) +
                          " bytes, its capacity is " + std::to_string(edge.capacity));
      }
      // With what one call gave and did not fit: a node with a full output is not called again.
      if (edge.bytes > edge.capacity + 2 * life_.largest_parcel) {
        broken_.push_back(edge.name + ": " + std::to_string(edge.bytes) +
                          " bytes wait for room, its capacity is " + std::to_string(edge.capacity));
      }
      if (!life_.forced && edge.batches > 0)
        broken_.push_back(edge.name + ": not empty at a clean end");
    }
    std::size_t planned = 0;
    for (const NodePlan& node : life_.plan.nodes) {
      const std::size_t edges = node.inputs.size() * (node.buffer ? 2 : 1);
      planned += edges * static_cast<std::size_t>(node.queue);
    }
    if (held > planned + life_.memory_limit)
      broken_.push_back("the queues grew beyond the memory limit");
  }

  const Life& life_;
  std::vector<std::string> broken_;
};

}  // namespace

std::string entrance(const NodePlan& node) { return node.name + (node.buffer ? ".buffer" : ""); }

const NodeStats& stats_of(const core::runtime::RunResult& result, const std::string& node) {
  const auto& nodes = result.stats.nodes;
  return *std::find_if(nodes.begin(), nodes.end(),
                       [&](const NodeStats& one) { return one.name == node; });
}

std::vector<std::string> check_life(const Life& life) { return Checker(life).run(); }

std::vector<std::string> check_acknowledged(const std::vector<NodeWorld>& worlds) {
  std::vector<std::string> broken;
  for (const NodeWorld& world : worlds) {
    for (const auto& [id, times] : world.ledger.acked) {
      if (world.server.stored.contains(id)) continue;
      broken.push_back(world.plan->name + ": acknowledged row " + std::to_string(id) +
                       " is not on its server");
    }
  }
  return broken;
}

Rows gone(const Plan& plan, const std::vector<NodeWorld>& worlds, std::size_t node,
          const std::map<std::string, Rows>& letters) {
  Rows rest;
  for (const std::size_t input : plan.nodes[node].inputs) {
    for (const auto& [id, times] : worlds[input].ledger.given) rest[id] += times;
  }
  const auto subtract = [&](const Rows& rows) {
    for (const auto& [id, times] : rows) {
      const auto at = rest.find(id);
      if (at == rest.end()) continue;
      at->second -= std::min(at->second, times);
      if (at->second == 0) rest.erase(at);
    }
  };
  const bool sink = plan.nodes[node].kind == Kind::sink;
  subtract(plan.nodes[node].buffer ? worlds[node].buffer.flushed_rows()
           : sink                  ? worlds[node].ledger.acked
                                   : worlds[node].ledger.taken);
  Rows kept_aside = letters_of(letters, entrance(plan.nodes[node]));
  // What it refused by its port was taken before.
  for (const auto& [id, times] : worlds[node].ledger.refused)
    kept_aside[id] -= std::min(kept_aside[id], times);
  subtract(kept_aside);
  return rest;
}

std::vector<std::size_t> sources_of(const Plan& plan, std::size_t node) {
  std::vector<std::size_t> all;
  for (std::size_t source = 0; source < plan.nodes.size(); ++source) {
    if (plan.nodes[source].inputs.empty() && paths(plan, source, node) > 0) all.push_back(source);
  }
  return all;
}

}  // namespace weir::simulation
