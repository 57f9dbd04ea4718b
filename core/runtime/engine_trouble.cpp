// SPDX-License-Identifier: Apache-2.0
// What happens when a call fails.
#include <algorithm>
#include <utility>

#include "core/runtime/engine.hpp"

namespace weir::core::runtime {
namespace {

constexpr int poison_failures = 3;
constexpr int hopeless_failures = 10;

std::string restarts_in(Duration delay) {
  return "; the node restarts in " + to_text(std::chrono::round<std::chrono::milliseconds>(delay));
}

}  // namespace

/// Puts a call that has to be made again where decide() finds it. Calls that hold nothing (produce,
/// end_input, flush, finish, open) follow from the node's state anyway.
void Engine::keep(Actor& actor, Call call) {
  if (call.kind == CallKind::process) {
    actor.redo.push_front(std::move(call));
  } else if (call.kind == CallKind::on_time && !actor.wake) {
    actor.wake = Timer{call.now, now()};
  } else if (call.kind == CallKind::open) {
    actor.reopen = true;
  } else if (call.kind == CallKind::produce) {
    actor.resume = Duration{0};
  }
}

void Engine::retry_later(Actor& actor, Call call, const Outcome& outcome) {
  ++actor.stats.retries;
  if (actor.retry.count() == 0) {
    actor.retrying_since = now();
    actor.retried = call.kind;
    log(Level::warning, &actor, outcome.message + "; trying again until it works");
  }
  Duration delay = actor.retry.next(outcome.retry_after, random_);
  // Within the grace there is no time for long pauses.
  if (stage_ == Stage::stopping) delay = std::min<Duration>(delay, std::chrono::seconds{1});
  actor.not_before = now() + delay;
  keep(actor, std::move(call));
  if (actor.fed_from != nullptr && nobody_waits_for(actor)) let_go(actor);
}

void Engine::reject(Actor& actor, Call call, const std::string& message) {
  if (call.kind == CallKind::flush) return reject_flush(actor, message);
  if (call.kind != CallKind::process) return fail_call(actor, std::move(call), message);
  log(Level::warning, &actor, std::to_string(call.parcel.rows) + " rows were refused: " + message);
  dead_letter(actor, call.parcel, message);
  actor.failures_in_row = 0;
}

/// The node has not said which batch it means, and may still hold all of them: a new instance gets
/// them one by one.
void Engine::reject_flush(Actor& actor, const std::string& message) {
  if (actor.unflushed.size() == 1) {
    const Parcel parcel = actor.unflushed.front().parcel;
    log(Level::warning, &actor, std::to_string(parcel.rows) + " rows were refused: " + message);
    dead_letter(actor, parcel, message);
    actor.unflushed.clear();
  }
  actor.careful = true;
  restart(actor, Duration{0});
}

void Engine::fail_call(Actor& actor, Call call, const std::string& message, bool crashed) {
  ++actor.stats.errors;
  ++actor.failures_in_row;
  bool skipped = false;
  switch (call.kind) {
    case CallKind::process:
      if (++call.failures >= poison_failures)
        poison(actor, call.parcel, message);
      else
        keep(actor, call);
      break;
    case CallKind::flush:
      fail_flush(actor, message);
      break;
    case CallKind::on_time:
    case CallKind::end_input:
      skipped = ++actor.call_failures >= poison_failures;
      break;
    case CallKind::finish:
      // What a transform held is gone with its instance; a sink gets it again.
      if (!actor.sink || ++actor.call_failures >= poison_failures) {
        return die(actor, "could not finish: " + message);
      }
      break;
    case CallKind::open:
      keep(actor, call);
      break;
    case CallKind::produce:
    case CallKind::acknowledge:
    case CallKind::snapshot:
    case CallKind::save:
      break;
  }
  if (actor.failures_in_row >= hopeless_failures) {
    die(actor, message);
    return fail_run(actor.node->name + " failed " + std::to_string(hopeless_failures) +
                    " times in a row");
  }
  Duration delay = actor.restart.next(now(), random_);
  // A loop of crashes ends in quarantine, so a process comes back soon.
  if (crashed) delay = std::min<Duration>(delay, std::chrono::seconds{1});
  log(Level::error, &actor,
      std::string(to_string(call.kind)) + ": " + message + restarts_in(delay));
  restart(actor, delay);
  if (skipped) {
    actor.call_failures = 0;
    if (call.kind == CallKind::end_input) actor.told_end[call.input] = true;
  } else if (call.kind == CallKind::on_time) {
    keep(actor, std::move(call));
  }
}

/// The node is not started again in this run; what it held becomes dead letters.
void Engine::quarantine(Actor& actor, Call call, const Outcome& outcome) {
  ++actor.stats.errors;
  actor.quarantined = true;
  keep(actor, std::move(call));
  die(actor, "quarantined after " + std::to_string(CrashWindow::most) +
                 (outcome.too_often ? " crashes" : " crashes within a minute") +
                 ", the last: " + outcome.message +
                 "; mend the plugin or what feeds it, then start the pipeline again");
}

/// Which of several batches made a flush fail is found by giving them one by one.
void Engine::fail_flush(Actor& actor, const std::string& message) {
  actor.careful = true;
  if (actor.unflushed.size() != 1) return;
  Call& only = actor.unflushed.front();
  if (++only.failures < poison_failures) return;
  poison(actor, only.parcel, message);
  actor.unflushed.clear();
}

void Engine::poison(Actor& actor, const Parcel& parcel, const std::string& message) {
  log(Level::error, &actor,
      "a batch of " + std::to_string(parcel.rows) + " rows failed " +
          std::to_string(poison_failures) + " times and is kept aside: " + message);
  dead_letter(actor, parcel, message);
}

void Engine::restart(Actor& actor, Duration delay) {
  if (actor.source && actor.ending) return finished(actor);
  ++actor.stats.restarts;
  actor.reopen = true;
  actor.not_before = now() + delay;
  actor.wake.reset();
  actor.fd = -1;
  actor.resume = Duration{0};
  // What a token means is an instance's own; on disk it is the same for all.
  if (actor.source && !actor.replays()) actor.tickets = TicketBook();
  // What the instance held since its state was saved is gone with it.
  tear(actor);
  // A new instance knows neither what the old one had taken in nor which inputs have ended.
  std::fill(actor.told_end.begin(), actor.told_end.end(), false);
  std::move(actor.unflushed.rbegin(), actor.unflushed.rend(), std::front_inserter(actor.redo));
  actor.unflushed.clear();
  actor.unflushed_bytes = 0;
}

/// The node stops for good; what comes to it from now on is counted and thrown away, what comes
/// after it sees the end of that input, and other branches go on.
void Engine::die(Actor& actor, const std::string& message) {
  actor.phase = Actor::Phase::dead;
  actor.stats.failure = message;
  failed_ = true;
  reasons_.push_back(actor.node->name + ": " + message);
  log(Level::error, &actor, (actor.quarantined ? "" : "failed for good: ") + message);
  for (const auto* held : {&actor.unflushed, &actor.redo}) {
    for (const Call& call : *held) lay_aside(actor, call.parcel, message);
  }
  actor.unflushed.clear();
  actor.redo.clear();
  for (Edge* edge : actor.inputs) {
    while (!edge->empty()) lay_aside(actor, edge->take(), message);
    edge->discard();
  }
  if (actor.owed) std::exchange(actor.owed, nullptr)->forfeit();
  for (Edge* edge : actor.out_edges) edge->end();
  if (actor.fed_from != nullptr) end_source(*actor.fed_from);
  if (stage_ != Stage::running || !actor.sink) return;
  const bool sink_left = std::any_of(actors_.begin(), actors_.end(), [](const auto& other) {
    return other->sink && other->replay == nullptr && other->phase != Actor::Phase::dead;
  });
  if (!sink_left) begin_stop("no sink is left: stopping");
}

/// All that the node has not dealt with stays with who can give it again.
void Engine::give_back(Actor& actor) {
  for (auto* held : {&actor.unflushed, &actor.redo}) {
    for (const Call& call : *held) forfeit(call.parcel.tickets);
    held->clear();
  }
  for (Edge* edge : actor.inputs) {
    while (!edge->empty()) forfeit(edge->take().tickets);
    edge->discard();
  }
}

/// Rows that a source can give again stay with it; others become dead letters.
void Engine::lay_aside(Actor& actor, const Parcel& parcel, const std::string& reason) {
  if (parcel.tickets.empty()) return dead_letter(actor, parcel, reason);
  actor.stats.discarded_rows += parcel.rows;
  forfeit(parcel.tickets);
}

void Engine::dead_letter(Actor& actor, const Parcel& parcel, const std::string& reason) {
  actor.stats.rejected_rows += parcel.rows;
  effects_.letters.push_back({actor.node->name, parcel.batch, reason});
}

}  // namespace weir::core::runtime
