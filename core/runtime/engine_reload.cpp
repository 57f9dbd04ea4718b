// SPDX-License-Identifier: Apache-2.0
// Another pipeline in the place of a running one. Nobody is in a call meanwhile.
#include <algorithm>
#include <utility>

#include "core/runtime/engine.hpp"

namespace weir::core::runtime {
namespace {

std::vector<std::string> inputs_of(const Graph& graph, const GraphNode& node) {
  std::vector<std::string> names;
  for (const GraphInput& input : node.inputs) names.push_back(port_name(graph, input));
  return names;
}

/// What the engine's own nodes are made for; of others the type says it.
bool same_ports(const GraphNode& one, const GraphNode& other) {
  if (one.role == NodeRole::ordinary) return true;
  const auto& ports = other.description->outputs;
  return std::equal(one.description->outputs.begin(), one.description->outputs.end(), ports.begin(),
                    ports.end(), [](const auto& a, const auto& b) { return a.name == b.name; });
}

const GraphNode* find(const Graph& graph, const std::string& name) {
  const auto at = std::find_if(graph.nodes.begin(), graph.nodes.end(),
                               [&](const GraphNode& node) { return node.name == name; });
  return at == graph.nodes.end() ? nullptr : &*at;
}

}  // namespace

GraphChange compare(const Graph& before, const Graph& after) {
  GraphChange change;
  for (const GraphNode& node : after.nodes) {
    const GraphNode* old = find(before, node.name);
    if (old == nullptr) {
      change.added.push_back(node.name);
    } else if (old->plugin != node.plugin || old->type != node.type ||
               old->options != node.options || old->settings != node.settings ||
               old->role != node.role || !same_ports(*old, node) ||
               inputs_of(before, *old) != inputs_of(after, node)) {
      change.changed.push_back(node.name);
    }
  }
  for (const GraphNode& node : before.nodes) {
    if (find(after, node.name) == nullptr) change.removed.push_back(node.name);
  }
  return change;
}

Actor* Engine::actor_named(const std::string& name) {
  const auto at = std::find_if(actors_.begin(), actors_.end(),
                               [&](const auto& actor) { return actor->node->name == name; });
  return at == actors_.end() ? nullptr : at->get();
}

/// What the node still has in front of it is its own to deal with, as far as it can: another
/// instance may understand the rows otherwise.
void Engine::retire(Lock& lock, Actor& actor) {
  if (actor.over()) return;
  if (actor.instance != nullptr && !actor.reopen) {
    bool well = true;
    // A second request to stop waits for no rows.
    while (well && world_->stop_requests.load() < stops_seen_ + 2) {
      Call call;
      if (!actor.redo.empty()) {
        call = std::move(actor.redo.front());
        actor.redo.pop_front();
      } else if (Edge* edge = fullest(actor); edge != nullptr) {
        call.kind = CallKind::process;
        call.input = edge->ends().input;
        call.parcel = edge->take();
      } else {
        break;
      }
      well = retire_call(lock, actor, std::move(call));
    }
    if (well && actor.flushes && !actor.unflushed.empty()) {
      Call flush;
      flush.kind = CallKind::flush;
      well = retire_call(lock, actor, std::move(flush));
    }
    // Its successor goes on from it.
    if (well && actor.keeps_state) {
      Call snapshot;
      snapshot.kind = CallKind::snapshot;
      (void)retire_call(lock, actor, std::move(snapshot));
    }
    Call finish;
    finish.kind = CallKind::finish;
    finish.reason = Reason::stopping;
    if (well) (void)retire_call(lock, actor, std::move(finish));
  }
}

/// The last that a node hears, after the nodes behind it have stored what they could.
void Engine::part(Lock& lock, Actor& actor) {
  if (actor.instance == nullptr) return;
  Call call;
  call.kind = CallKind::acknowledge;
  if (actor.acknowledges) call.tokens = actor.tickets.take_settled();
  // It may have to wait for a thread of its own.
  lock.unlock();
  if (!call.tokens.empty()) (void)make_call(*actor.instance, call);
  actor.instance.reset();
  lock.lock();
}

Edge* Engine::fullest(const Actor& actor) {
  Edge* found = nullptr;
  for (Edge* edge : actor.inputs) {
    // The oldest first, as the node would have read them.
    if (!edge->empty() && (found == nullptr || edge->arrival() < found->arrival())) found = edge;
  }
  return found;
}

/// One call of a node that is about to go. False: it failed, and what it held is kept.
bool Engine::retire_call(Lock& lock, Actor& actor, Call call) {
  world_->ticks.fetch_add(1);
  lock.unlock();
  Outcome outcome = make_call(*actor.instance, call);
  lock.lock();
  if (call.kind == CallKind::snapshot) {
    copied(actor, outcome);
    return true;
  }
  if (outcome.result == Outcome::Result::rejected && call.kind == CallKind::process) {
    reject(actor, std::move(call), outcome.message);
    return true;
  }
  if (outcome.result != Outcome::Result::done) {
    log(Level::warning, &actor, "while it was replaced: " + outcome.message);
    if (call.kind == CallKind::process) actor.redo.push_front(std::move(call));
    return false;
  }
  pass_tickets(actor, call, outcome);
  distribute(actor, outcome);
  if (call.kind == CallKind::flush) actor.unflushed.clear();
  if (call.kind == CallKind::process) {
    if (!std::exchange(call.counted, true)) actor.stats.rows_in += call.parcel.rows;
    if (actor.flushes) actor.unflushed.push_back(std::move(call));
  }
  return true;
}

/// Those that changed, those that are gone, and those behind them that took an end for the last:
/// the sink of a node that had failed for good stores again when that node is mended. What read a
/// disk buffer for a sink that had failed reads for the mended one.
Engine::Names Engine::made_anew(Engine& old, const GraphChange& change) {
  Names anew(change.changed.begin(), change.changed.end());
  anew.insert(change.removed.begin(), change.removed.end());
  for (const auto& actor : actors_) {
    const Actor* from = old.actor_named(actor->node->name);
    if (from != nullptr && must_hear_again(*actor, *from, anew)) anew.insert(actor->node->name);
  }
  return anew;
}

bool Engine::must_hear_again(const Actor& actor, const Actor& from, const Names& anew) const {
  const auto is_anew = [&](std::size_t node) { return anew.count(actors_[node]->node->name) > 0; };
  // A buffer may have given up for its sink alone.
  if (actor.replay != nullptr && from.phase == Actor::Phase::dead) return is_anew(actor.index + 2);
  if (from.phase == Actor::Phase::dead) return false;
  if (actor.replays()) {
    return (from.over() || from.ending) &&
           (is_anew(actor.index - 1) ||
            std::any_of(actor.out_edges.begin(), actor.out_edges.end(),
                        [&](const Edge* edge) { return is_anew(edge->ends().consumer); }));
  }
  for (const Edge* edge : actor.inputs) {
    if (!is_anew(edge->ends().producer)) continue;
    const std::size_t input = edge->ends().input;
    if (from.over() || (input < from.told_end.size() && from.told_end[input])) return true;
  }
  return false;
}

void Engine::replace(Engine& old, const GraphChange& change) {
  Lock before = old.lock();
  const Names anew = made_anew(old, change);
  const auto goes = [&](const std::string& name) { return anew.count(name) > 0; };
  for (const auto& actor : old.actors_) {
    if (goes(actor->node->name)) old.retire(before, *actor);
  }
  for (const auto& actor : old.actors_) {
    if (goes(actor->node->name)) old.part(before, *actor);
  }
  Lock lock(mutex_);
  old.last_ = old.counted();
  take_over_run(old);
  for (const auto& actor : actors_) {
    Actor* from = old.actor_named(actor->node->name);
    if (from == nullptr) continue;
    if (goes(actor->node->name)) {
      inherit(*actor, *from);
    } else {
      adopt(*actor, *from);
    }
  }
  for (const auto& edge : edges_) take_over_edge(*edge, old);
  for (const auto& actor : old.actors_) {
    if (!goes(actor->node->name)) continue;
    old.lay_aside_rest(*actor);
    if (Actor* next = actor_named(actor->node->name)) {
      next->stats = actor->stats;
      next->stats.failure.clear();
    }
  }
  // Nobody else knows this engine yet; the old one's lock is taken again in between.
  lock.unlock();
  old.release(before);
  before.unlock();
  lock.lock();
  open_new(lock);
}

void Engine::take_over_run(Engine& old) {
  stage_ = old.stage_;
  started_ = old.started_;
  ends_at_ = old.ends_at_;
  time_is_up_ = old.time_is_up_;
  gives_up_at_ = old.gives_up_at_;
  replays_end_at_ = old.replays_end_at_;
  stops_seen_ = old.stops_seen_;
  interrupted_ = old.interrupted_;
  failed_ = old.failed_;
  reasons_ = old.reasons_;
  arrivals_ = old.arrivals_;
}

/// The node is the same one, in another graph.
void Engine::adopt(Actor& actor, Actor& from) {
  Actor wiring;
  std::swap(wiring.inputs, actor.inputs);
  std::swap(wiring.outputs, actor.outputs);
  std::swap(wiring.out_edges, actor.out_edges);
  wiring.index = actor.index;
  wiring.node = actor.node;
  wiring.replay = actor.replay;
  wiring.fed_from = actor.fed_from;
  actor = std::move(from);
  actor.inputs = std::move(wiring.inputs);
  actor.outputs = std::move(wiring.outputs);
  actor.out_edges = std::move(wiring.out_edges);
  actor.index = wiring.index;
  actor.node = wiring.node;
  actor.replay = wiring.replay;
  actor.fed_from = wiring.fed_from;
  // What feeds an ended node may be new, but it has said its last; an edge of it ends with it.
  if (actor.over()) {
    for (Edge* edge : actor.out_edges) edge->end();
  }
}

/// A new instance under an old name: what the one before it could not deal with is given to it, as
/// far as it still has that input; the rest stays with the old one.
void Engine::inherit(Actor& actor, Actor& from) {
  actor.copies = std::exchange(from.copies, {});
  actor.saved = from.saved;
  // On disk a token means the same to every instance; to others it may not.
  if (actor.replays() && from.replays()) actor.tickets = std::move(from.tickets);
  std::move(from.unflushed.rbegin(), from.unflushed.rend(), std::front_inserter(from.redo));
  from.unflushed.clear();
  for (Call& call : std::exchange(from.redo, {})) {
    const std::string& name = from.inputs[call.input]->ends().name;
    const auto named = [&](const Edge* edge) { return edge->ends().name == name; };
    const auto same = call.input < actor.inputs.size() && named(actor.inputs[call.input])
                          ? actor.inputs.begin() + call.input
                          : std::find_if(actor.inputs.begin(), actor.inputs.end(), named);
    if (same == actor.inputs.end()) {
      from.redo.push_back(std::move(call));
      continue;
    }
    call.input = (*same)->ends().input;
    actor.redo.push_back(std::move(call));
  }
}

void Engine::take_over_edge(Edge& edge, Engine& old) {
  const auto named = [&](const auto& other) { return other->ends().name == edge.ends().name; };
  auto at = std::find_if(old.edges_.begin(), old.edges_.end(), [&](const auto& other) {
    return named(other) && other->ends().input == edge.ends().input;
  });
  // It may stand at another place among its consumer's inputs now.
  if (at == old.edges_.end()) at = std::find_if(old.edges_.begin(), old.edges_.end(), named);
  if (at == old.edges_.end()) {
    edge.start(now());
    return;
  }
  const bool ended = actors_[edge.ends().producer]->over();
  const bool gone = actors_[edge.ends().consumer]->over();
  edge.take_over(**at, ended, gone);
}

/// Rows in front of a node that is no more, and that it could not deal with.
void Engine::lay_aside_rest(Actor& actor) {
  const std::string reason = "its node was taken out of the pipeline";
  for (auto* held : {&actor.unflushed, &actor.redo}) {
    for (const Call& call : *held) lay_aside(actor, call.parcel, reason);
    held->clear();
  }
  for (Edge* edge : actor.inputs) {
    while (!edge->empty()) lay_aside(actor, edge->take(), reason);
  }
  if (actor.owed) std::exchange(actor.owed, nullptr)->forfeit();
}

void Engine::open_new(Lock& lock) {
  for (const auto& actor : actors_) {
    if (actor->over() || actor->instance != nullptr || actor->reopen) continue;
    world_->ticks.fetch_add(1);
    lock.unlock();
    actor->begins_anew = begins_anew(*actor);
    Outcome outcome = open(*actor);
    lock.lock();
    note_instance(*actor);
    // As at a restart: it is tried again, and the rest of the pipeline runs.
    if (outcome.result != Outcome::Result::done) apply(*actor, Call{}, std::move(outcome));
  }
  release(lock);
}

}  // namespace weir::core::runtime
