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
  decision.wake = Duration{0};
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

/// Its end comes, and what it has learned since the last copy would be lost. A source that hears of
/// its tokens is copied after the last of them.
bool must_copy(const Actor& actor) {
  return actor.keeps_state && actor.changed && !actor.acknowledges;
}

/// So many inputs of it have not been told to end. With the end of the last one all leaves a node
/// that it holds, though another run may have more for it: the copy is made before, and none after.
bool ends_left(const Actor& actor, std::ptrdiff_t count) {
  return std::count(actor.told_end.begin(), actor.told_end.end(), false) == count;
}

/// A copy goes to the store when all that the node gave before it is stored: else a crash would
/// leave a state that takes rows for done which no sink has.
bool may_store(const Actor& actor, Duration now) {
  if (actor.copies.empty()) return false;
  const StateCopy& copy = *actor.copies.front();
  return copy.not_before <= now &&
         (copy.owed == nullptr || copy.owed->forfeited() || copy.owed.use_count() == 1);
}

/// When the next copy is due; max: none is.
Duration copy_time(const Actor& actor) {
  const bool may = actor.keeps_state && actor.changed && actor.copies.empty() &&
                   (actor.source || !ends_left(actor, 0));
  return may ? *actor.changed : Duration::max();
}

Decision decide_ended(const Actor& actor, Duration now) {
  const bool hears = actor.acknowledges && actor.tickets.open() > 0;
  if (copy_time(actor) <= now || (actor.keeps_state && actor.changed && !hears))
    return run(CallKind::snapshot);
  if (hears || !actor.copies.empty()) return pause(State::waiting, copy_time(actor));
  return pause(State::over);
}

Decision decide_source(const Actor& actor, Duration now) {
  // A source that is to finish does not wait for room: what finish emits joins the outbox.
  if (actor.ending) return run(must_copy(actor) ? CallKind::snapshot : CallKind::finish);
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

Decision decide_fed(const Actor& actor, Duration now) {
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
      if (ends_left(actor, 1) && must_copy(actor)) return run(CallKind::snapshot);
      return run(CallKind::end_input, choice.input);
    case InputChoice::State::none_left:
      return run(actor.unflushed.empty() ? CallKind::finish : CallKind::flush);
    case InputChoice::State::wait:
      break;
  }
  return pause(State::starved, std::min({choice.wake, flush, wake_of(actor)}));
}

}  // namespace

Decision decide(const Actor& actor, Duration now) {
  if (actor.busy) return pause(State::busy);
  // These also after its end: what it gave is stored by others, later.
  if (actor.acknowledges && actor.tickets.has_settled()) return run(CallKind::acknowledge);
  if (may_store(actor, now)) return run(CallKind::save);
  if (actor.over()) return decide_ended(actor, now);
  if (actor.not_before > now) return pause(State::delayed, actor.not_before);
  if (actor.reopen) return run(CallKind::open);
  if (copy_time(actor) <= now) return run(CallKind::snapshot);
  Decision decision = actor.source ? decide_source(actor, now) : decide_fed(actor, now);
  decision.wake = std::min(decision.wake, copy_time(actor));
  return decision;
}

std::size_t Actor::rows_at_risk() const {
  std::size_t rows = 0;
  for (const auto* calls : {&redo, &unflushed}) {
    for (const Call& one : *calls) rows += one.parcel.tickets.empty() ? one.parcel.rows : 0;
  }
  return rows;
}

}  // namespace weir::core::runtime
