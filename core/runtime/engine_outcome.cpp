// SPDX-License-Identifier: Apache-2.0
// What a call's outcome changes.
#include <algorithm>
#include <utility>
#include <variant>

#include "core/runtime/engine.hpp"
#include "core/runtime/relief.hpp"
#include "weir/ports.hpp"

namespace weir::core::runtime {

void Engine::apply(Actor& actor, Call call, Outcome outcome) {
  ++actor.stats.calls;
  actor.stats.busy += outcome.took;
  note_trouble(actor, outcome);
  if (trace_) {
    TraceEvent event{actor.node->name, call.kind, world_->clock->now(),
                     call.parcel.rows, 0,         outcome.result};
    for (const auto& [port, parcel] : outcome.emitted) event.emitted_rows += parcel.rows;
    trace_(event);
  }
  if (call.kind == CallKind::acknowledge && outcome.result != Outcome::Result::done) {
    // The source forgets a little progress and will give some rows twice.
    log(Level::warning, &actor, "acknowledge: " + outcome.message);
    return;
  }
  if (call.kind == CallKind::snapshot) return copied(actor, outcome);
  if (call.kind == CallKind::save) return stored(actor, outcome);
  switch (outcome.result) {
    case Outcome::Result::done:
      succeed(actor, std::move(call), outcome);
      break;
    case Outcome::Result::retry:
      retry_later(actor, std::move(call), outcome);
      break;
    case Outcome::Result::rejected:
      reject(actor, std::move(call), outcome.message);
      break;
    case Outcome::Result::failed:
      if (outcome.crashed && (outcome.too_often || actor.crashes.add(now()))) {
        quarantine(actor, std::move(call), outcome);
      } else {
        fail_call(actor, std::move(call), outcome.message, outcome.crashed);
      }
      break;
    case Outcome::Result::fatal:
      keep(actor, std::move(call));
      die(actor, outcome.message);
      break;
  }
  relieve();
}

void Engine::note_trouble(Actor& actor, const Outcome& outcome) {
  if (outcome.result == Outcome::Result::done) return;
  actor.stats.trouble = outcome.message;
  actor.stats.trouble_at = now();
}

void Engine::succeed(Actor& actor, Call call, Outcome& outcome) {
  if (actor.retry.count() > 0 && actor.retried == call.kind) {
    log(Level::info, &actor,
        "works again after " + std::to_string(actor.retry.count()) + " retries");
    actor.retry.reset();
  }
  // A sink has succeeded when it has stored; opening is no success of its own.
  if (call.kind != CallKind::open && !(actor.flushes && call.kind == CallKind::process)) {
    actor.failures_in_row = 0;
    actor.call_failures = 0;
  }
  pass_tickets(actor, call, outcome);
  if (actor.live && call.kind == CallKind::finish) let_last_rows_wait(actor);
  distribute(actor, outcome);
  note_change(actor, call.kind);
  if (outcome.wake) actor.wake = Timer{*outcome.wake, deadline_of(*outcome.wake)};

  switch (call.kind) {
    case CallKind::open:
      actor.reopen = false;
      break;
    case CallKind::produce:
      take_next(actor, outcome.next);
      break;
    case CallKind::process:
      if (!std::exchange(call.counted, true)) {
        actor.stats.rows_in += call.parcel.rows;
        actor.stats.batches_in += 1;
        actor.stats.bytes_in += call.parcel.bytes;
      }
      if (actor.flushes) {
        actor.unflushed_bytes += call.parcel.bytes;
        actor.unflushed.push_back(std::move(call));
      }
      break;
    case CallKind::end_input:
      actor.told_end[call.input] = true;
      break;
    case CallKind::on_time:
      break;
    case CallKind::flush:
      actor.unflushed.clear();
      actor.unflushed_bytes = 0;
      actor.last_flush = now();
      if (actor.replay != nullptr) actor.replay->resume = Duration{0};
      if (actor.redo.empty()) actor.careful = false;
      break;
    case CallKind::finish:
      finished(actor);
      if (actor.replay != nullptr) actor.replay->resume = Duration{0};
      break;
    case CallKind::acknowledge:
      // It may have to make its position durable later, for nothing else makes room in its buffer.
      if (actor.replays()) actor.resume = Duration{0};
      break;
    case CallKind::snapshot:
    case CallKind::save:
      break;
  }
}

/// What a call emits owes what its input owed; if the node may still hold that input, then also
/// what it took in before, and the node itself owes it until its state is saved or it has ended.
void Engine::pass_tickets(Actor& actor, const Call& call, Outcome& outcome) {
  if (actor.source) {
    for (auto& [port, parcel] : outcome.emitted) {
      if (actor.acknowledges && parcel.token != 0)
        parcel.tickets.push_back(actor.tickets.issue(parcel.token));
    }
    // There is nothing to store of these.
    if (actor.acknowledges) {
      for (const std::uint64_t token : outcome.empty_tokens) (void)actor.tickets.issue(token);
    }
    return;
  }
  Tickets owed = call.parcel.tickets;
  if (actor.holds) {
    actor.tracked |= !owed.empty();
    // Also what is given of rows that an earlier copy holds: the next copy waits for it.
    const bool given = actor.tracked && actor.keeps_state && !outcome.emitted.empty();
    if (!actor.owed && (given || !owed.empty())) actor.owed = std::make_shared<HeldTicket>();
    if (actor.owed) actor.owed->add(owed);
    owed.clear();
    if (actor.owed) owed.push_back(actor.owed);
  }
  for (auto& [port, parcel] : outcome.emitted) parcel.tickets = owed;
  if (call.kind == CallKind::finish) actor.owed.reset();
}

// A live source that has ended holds up nothing any more: what it gave at its end may wait.
void Engine::let_last_rows_wait(Actor& actor) {
  for (Edge* edge : actor.out_edges) {
    const GraphNode& consumer = *actors_[edge->ends().consumer]->node;
    if (consumer.settings.when_full != WhenFull::drop_oldest) edge->keep_all();
  }
}

void Engine::distribute(Actor& actor, Outcome& outcome) {
  for (auto& [port, parcel] : outcome.emitted) {
    actor.stats.rows_out += parcel.rows;
    actor.stats.batches_out += 1;
    actor.stats.bytes_out += parcel.bytes;
    if (taps_ != nullptr) taps_->offer(actor.node->name, port, parcel);
    if (port >= actor.outputs.size() || actor.outputs[port].empty()) {
      unrouted(actor, port, std::move(parcel));
      continue;
    }
    for (Edge* edge : actor.outputs[port]) {
      if (edge->offer(parcel, arrivals_++, now()) > 0) {
        warn_of_drops(*actors_[edge->ends().consumer], *edge);
      }
    }
  }
}

void Engine::unrouted(Actor& actor, std::uint32_t port, Parcel parcel) {
  const auto& ports = actor.node->description->outputs;
  if (port < ports.size() && ports[port].name == rejected_port) {
    // The rows carry their reason in a column.
    dead_letter(actor, parcel, {});
  } else {
    actor.stats.unrouted_rows += parcel.rows;
  }
}

void Engine::warn_of_drops(Actor& consumer, const Edge& edge) {
  if (now() - consumer.drop_warning < std::chrono::minutes{1}) return;
  consumer.drop_warning = now();
  log(Level::warning, &consumer,
      "cannot keep up: the oldest rows of " + edge.ends().name + " are dropped (so far " +
          std::to_string(edge.dropped_rows()) + "); a larger 'queue' bridges longer pauses");
}

void Engine::take_next(Actor& actor, const Next& next) {
  if (std::holds_alternative<Again>(next)) {
    actor.resume = Duration{0};
  } else if (const auto* wait = std::get_if<Wait>(&next)) {
    actor.resume = deadline_of(wait->until);
    actor.fd = wait->fd;
  } else {
    actor.ending = true;
  }
}

void Engine::relieve() {
  while (Edge* edge = edge_to_grow(actors_, now())) {
    std::size_t held = 0;
    for (const auto& other : edges_) held += other->bytes();
    if (held >= memory_limit_) {
      fail_run("edge " + edge->ends().name + " cannot grow: the queues hold " +
               std::to_string(held) + " bytes, the pipeline's memory limit is " +
               std::to_string(memory_limit_) +
               "; a join waits for rows that its own sources cannot send; raise the limit or split "
               "the pipeline");
      return;
    }
    const std::size_t room = edge->queued_bytes() + (memory_limit_ - held);
    edge->grow(std::max(edge->wanted(), std::min(2 * edge->capacity(), room)));
  }
}

}  // namespace weir::core::runtime
