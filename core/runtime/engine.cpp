// SPDX-License-Identifier: Apache-2.0
#include "core/runtime/engine.hpp"

#include <algorithm>
#include <utility>

#include "core/runtime/executor.hpp"

namespace weir::core::runtime {

Engine::Engine(Graph graph, Factory factory, const RunOptions& options,
               std::shared_ptr<World> world)
    : graph_(std::move(graph)),
      factory_(std::move(factory)),
      world_(std::move(world)),
      dead_letters_(options.dead_letter_dir, graph_.name, options.dead_letter_limit),
      random_(options.seed ? *options.seed : std::random_device{}()),
      trace_(options.trace),
      taps_(options.taps),
      state_(options.state),
      state_interval_(options.state_interval),
      memory_limit_(
          static_cast<std::size_t>(std::max<std::int64_t>(options.memory_limit.count, 1))),
      run_for_(options.run_for),
      grace_(options.grace) {
  if (world_ == nullptr) {
    world_ = std::make_shared<World>();
    world_->clock = options.clock;
    world_->outside = std::make_shared<Outside>(options.log, options.query);
    world_->wait_until = [executor = options.executor](World& shared, Timestamp time) {
      return executor->wait_until(shared, time);
    };
  }
  build();
}

Engine::~Engine() = default;

void Engine::build() {
  for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
    const GraphNode& node = graph_.nodes[i];
    auto actor = std::make_unique<Actor>();
    actor->index = i;
    actor->node = &node;
    actor->source = node.inputs.empty();
    actor->live = actor->source && node.description->live;
    actor->sink = node.description->kind == Kind::sink;
    actor->flushes = actor->sink && (node.type == nullptr || node.type->flush != nullptr);
    actor->holds = !actor->source && !actor->sink && node.description->holds;
    actor->order = node.description->order;
    actor->outputs.resize(node.description->outputs.size());
    actor->told_end.resize(node.inputs.size());
    actor->stats.name = node.name;
    actor->host = std::make_unique<HostServices>(world_, node.name);
    actors_.push_back(std::move(actor));
    add_edges(*actors_.back());
    add_buffer(*actors_.back());
  }
}

/// A buffer stands right before its replay, and that before the sink (core/buffers).
void Engine::add_buffer(Actor& actor) {
  if (actor.node->role == NodeRole::replay) {
    actors_[actor.index - 1]->replay = &actor;
  }
  if (actor.inputs.empty()) return;
  Actor& producer = *actors_[actor.inputs.front()->ends().producer];
  if (producer.replays()) actor.fed_from = &producer;
}

void Engine::add_edges(Actor& actor) {
  const NodeSettings& settings = actor.node->settings;
  for (std::uint32_t input = 0; input < actor.node->inputs.size(); ++input) {
    const GraphInput& from = actor.node->inputs[input];
    Actor& producer = *actors_.at(from.node);
    const auto& port = producer.node->description->outputs.at(from.port).name;
    Edge::Ends ends{from.node, from.port, actor.index, input,
                    producer.node->name + "." + port + " -> " + actor.node->name};
    Edge::Policy policy;
    policy.capacity = static_cast<std::size_t>(std::max<std::int64_t>(settings.queue.count, 1));
    policy.drop_oldest = producer.live || settings.when_full == WhenFull::drop_oldest;
    policy.live_fed = producer.live || live_fed(producer);
    edges_.push_back(std::make_unique<Edge>(std::move(ends), policy));
    Edge* edge = edges_.back().get();
    actor.inputs.push_back(edge);
    producer.outputs[from.port].push_back(edge);
    producer.out_edges.push_back(edge);
  }
}

bool Engine::live_fed(const Actor& actor) const {
  return std::any_of(actor.inputs.begin(), actor.inputs.end(),
                     [](const Edge* edge) { return edge->live_fed(); });
}

bool Engine::start() {
  Lock lock(mutex_);
  for (const auto& actor : actors_) {
    actor->busy = true;
    actor->call_since = now();
    lock.unlock();
    actor->begins_anew = begins_anew(*actor);
    const Outcome outcome = open(*actor);
    lock.lock();
    actor->busy = false;
    note_instance(*actor);
    if (outcome.result == Outcome::Result::done) continue;
    note_trouble(*actor, outcome);
    if (outcome.result == Outcome::Result::retry) {
      retry_later(*actor, Call{}, outcome);
      continue;
    }
    failed_ = true;
    actor->stats.failure = outcome.message;
    reasons_.push_back(actor->node->name + ": cannot start: " + outcome.message);
    log(Level::error, actor.get(), "cannot start: " + outcome.message);
  }
  release(lock);
  if (failed_) {
    lock.unlock();
    close_after_failed_start();
    return false;
  }
  for (const auto& edge : edges_) edge->start(now());
  if (run_for_) ends_at_ = now() + *run_for_;
  started_ = true;
  return true;
}

void Engine::close_after_failed_start() {
  for (const auto& actor : actors_) {
    if (actor->instance == nullptr) continue;
    Call call;
    call.kind = CallKind::finish;
    call.reason = Reason::stopping;
    // Nothing has passed through the node yet, so there is nothing to lose if this fails too.
    (void)make_call(*actor->instance, call);
    actor->instance.reset();
  }
}

Outcome Engine::open(Actor& actor) {
  Outcome outcome;
  guard(outcome, [&] {
    actor.instance = factory_(*actor.node, actor.host->host());
    if (actor.instance == nullptr) throw Fatal("no instance was made of " + actor.node->plugin);
    actor.instance->open();
    load_state(actor);
  });
  if (outcome.result != Outcome::Result::done) actor.instance.reset();
  return outcome;
}

Decision Engine::look(std::size_t node) const {
  if (paused_) return {.state = Decision::State::busy};
  return decide(*actors_[node], now());
}

std::optional<Task> Engine::take(std::size_t node) {
  if (stage_ == Stage::forced || paused_) return std::nullopt;
  Actor& actor = *actors_[node];
  const Decision decision = decide(actor, now());
  if (decision.state != Decision::State::run) return std::nullopt;
  actor.busy = true;
  actor.call = decision.call;
  actor.call_since = now();
  return Task{node, prepare(actor, decision)};
}

Call Engine::prepare(Actor& actor, const Decision& decision) {
  Call call;
  call.kind = decision.call;
  call.input = decision.input;
  switch (decision.call) {
    case CallKind::process:
      if (decision.again) {
        call = std::move(actor.redo.front());
        actor.redo.pop_front();
      } else {
        call.parcel = actor.inputs[decision.input]->take();
      }
      break;
    case CallKind::produce:
      actor.fd = -1;
      actor.fd_ready = false;
      break;
    case CallKind::on_time: {
      // The two clocks drift apart by a little while one waits; a node is not called "too early".
      const Timestamp wall = world_->clock->now();
      const Timestamp wish = actor.wake->wish;
      call.now = wish > wall && wish - wall < std::chrono::seconds{1} ? wish : wall;
      actor.wake.reset();
      break;
    }
    case CallKind::acknowledge:
      call.tokens = actor.tickets.take_settled();
      break;
    case CallKind::save:
      call.copy = actor.copies.front();
      break;
    case CallKind::finish:
      call.reason = stage_ == Stage::running ? Reason::ended : Reason::stopping;
      break;
    default:
      break;
  }
  return call;
}

void Engine::perform(Lock& lock, Task task) {
  using Result = Outcome::Result;
  Actor& actor = *actors_[task.node];
  const CallKind kind = task.call.kind;
  lock.unlock();
  const Duration begun = now();
  Outcome outcome = kind == CallKind::open   ? open(actor)
                    : kind == CallKind::save ? store(actor, *task.call.copy)
                                             : make_call(*actor.instance, task.call);
  // Nothing that passes through the node depends on these; their failure costs no instance.
  const bool aside =
      kind == CallKind::acknowledge || kind == CallKind::snapshot || kind == CallKind::save;
  const bool broken = outcome.result == Result::failed || outcome.result == Result::fatal ||
                      (outcome.result == Result::rejected && kind != CallKind::process);
  // A source hears of its tokens also after its end.
  const bool ended = outcome.result == Result::done && kind == CallKind::finish &&
                     !actor.instance->takes_acknowledgements();
  const bool spent = ended || (broken && !aside);
  // Here, not at the restart: sockets and files are given back at once, and off the lock.
  if (spent) actor.instance.reset();
  outcome.took = now() - begun;
  lock.lock();
  actor.busy = false;
  note_instance(actor);
  if (stage_ == Stage::forced) return;
  apply(actor, std::move(task.call), std::move(outcome));
  release(lock);
}

void Engine::log(Level level, const Actor* actor, std::string text) {
  effects_.lines.push_back({level, actor == nullptr ? "" : actor->node->name, std::move(text)});
}

void Engine::release(Lock& lock) {
  if (effects_.empty()) return;
  const Effects effects = std::exchange(effects_, {});
  lock.unlock();
  for (const auto& line : effects.lines) world_->outside->log(line.level, line.node, line.text);
  for (const auto& letter : effects.letters) {
    const std::string news =
        dead_letters_.keep(letter.node, letter.batch, letter.reason, world_->clock->now());
    if (!news.empty()) world_->outside->log(Level::warning, letter.node, news);
  }
  lock.lock();
}

Duration Engine::deadline_of(Timestamp time) const {
  const Timestamp wall = world_->clock->now();
  if (time <= wall) return now();
  const Duration delay = time - wall;
  return delay > Duration::max() / 2 ? Duration::max() : now() + delay;
}

NodeStats Engine::stats_of(const Actor& actor) const {
  constexpr std::string_view names[] = {"finished", "running", "restarting", "waiting",
                                        "blocked",  "waiting", "running"};
  NodeStats stats = actor.stats;
  stats.state = names[static_cast<std::size_t>(decide(actor, now()).state)];
  if (actor.over() && !actor.busy) stats.state = "finished";
  if (!stats.failure.empty()) stats.state = actor.quarantined ? "quarantined" : "failed";
  if (stats.state == "restarting" && actor.retry.count() > 0) stats.state = "retrying";
  stats.counters = actor.host->counters();
  stats.signs_of_life = actor.host->signs_of_life();
  stats.waits = actor.host->waits();
  if (actor.retry.count() > 0) stats.retrying_since = actor.retrying_since;
  for (const Edge* edge : actor.inputs) {
    stats.dropped_rows += edge->dropped_rows();
    stats.discarded_rows += edge->discarded_rows();
    stats.queued_bytes += edge->bytes();
    stats.queue_capacity += edge->capacity();
  }
  if (actor.busy) {
    stats.call = to_string(actor.call);
    stats.call_since = actor.call_since;
  }
  return stats;
}

Snapshot Engine::snapshot() const {
  const std::lock_guard lock(mutex_);
  return last_ ? *last_ : counted();
}

Snapshot Engine::counted() const {
  Snapshot snapshot;
  snapshot.now = now();
  snapshot.stage = stage_ != Stage::running ? "stopping" : started_ ? "running" : "starting";
  for (const auto& actor : actors_) snapshot.nodes.push_back(stats_of(*actor));
  for (const auto& edge : edges_) {
    snapshot.edges.push_back({edge->ends().name, edge->bytes(), edge->batches(), edge->capacity(),
                              edge->peak_bytes(), edge->dropped_rows()});
  }
  return snapshot;
}

}  // namespace weir::core::runtime
