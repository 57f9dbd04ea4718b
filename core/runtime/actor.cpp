// SPDX-License-Identifier: Apache-2.0
#include "core/runtime/actor.hpp"

#include <algorithm>

#include "core/runtime/input_order.hpp"

namespace weir::core::runtime {
namespace {

using State = Decision::State;

bool held_up(const Actor& actor) {
  return std::any_of(actor.out_edges.begin(), actor.out_edges.end(),
                     [](const Edge* edge) { return edge->holds_up(); });
}

Decision run(CallKind call, std::uint32_t input = 0, bool again = false) {
  Decision decision;
  decision.state = State::run;
  decision.call = call;
  decision.input = input;
  decision.again = again;
  return decision;
}

Decision pause(State state, Duration wake = Duration::max()) {
  Decision decision;
  decision.state = state;
  decision.wake = wake;
  return decision;
}

Duration wake_of(const Actor& actor) { return actor.wake ? actor.wake->deadline : Duration::max(); }

Decision decide_source(const Actor& actor, Duration now) {
  // A source that is to finish does not wait for room: what finish emits joins the outbox.
  if (actor.ending) return run(CallKind::finish);
  if (held_up(actor)) return pause(State::blocked);
  if (wake_of(actor) <= now) return run(CallKind::on_time);
  if (actor.fd_ready || actor.resume <= now) return run(CallKind::produce);
  return pause(State::waiting, std::min(actor.resume, wake_of(actor)));
}

/// When the rows that wait for a flush must have one; max: none wait.
Duration flush_time(const Actor& actor, Duration now) {
  if (actor.unflushed.empty()) return Duration::max();
  if (!actor.last_flush || actor.careful || actor.unflushed_bytes >= flush_bytes) return now;
  return *actor.last_flush + actor.node->settings.flush_interval;
}

}  // namespace

Decision decide(const Actor& actor, Duration now) {
  if (actor.busy) return pause(State::busy);
  // Also after its end: what it gave is stored by others, later.
  if (actor.acknowledges && actor.tickets.has_settled()) return run(CallKind::acknowledge);
  if (actor.over())
    return pause(actor.acknowledges && actor.tickets.open() > 0 ? State::waiting : State::over);
  if (actor.not_before > now) return pause(State::delayed, actor.not_before);
  if (actor.reopen) return run(CallKind::open);
  if (actor.source) return decide_source(actor, now);
  if (held_up(actor)) return pause(State::blocked);
  if (wake_of(actor) <= now) return run(CallKind::on_time);
  const Duration flush = flush_time(actor, now);
  if (flush <= now) return run(CallKind::flush);
  if (!actor.redo.empty()) return run(CallKind::process, actor.redo.front().input, true);

  const InputChoice choice = choose_input(actor, now);
  switch (choice.state) {
    case InputChoice::State::read:
      return run(CallKind::process, choice.input);
    case InputChoice::State::end:
      return run(CallKind::end_input, choice.input);
    case InputChoice::State::none_left:
      return run(actor.unflushed.empty() ? CallKind::finish : CallKind::flush);
    case InputChoice::State::wait:
      break;
  }
  return pause(State::starved, std::min({choice.wake, flush, wake_of(actor)}));
}

std::size_t Actor::rows_at_risk() const {
  std::size_t rows = 0;
  for (const auto* calls : {&redo, &unflushed}) {
    for (const Call& one : *calls) rows += one.parcel.tickets.empty() ? one.parcel.rows : 0;
  }
  return rows;
}

}  // namespace weir::core::runtime
