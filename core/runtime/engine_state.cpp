// SPDX-License-Identifier: Apache-2.0
// The state of nodes: loaded after open, copied now and then and before the end, and stored when
// what the node gave before is stored by others.
#include <algorithm>
#include <utility>

#include "core/runtime/engine.hpp"

namespace weir::core::runtime {
namespace {

/// Of a source that hears of its tokens: how far it may have to go back after a crash.
constexpr Duration position_interval = std::chrono::seconds{1};

}  // namespace

/// A source that can be read again and has no state of an earlier run gives everything again; what
/// comes after it must then begin anew, too, or it would take those rows for old ones.
bool Engine::begins_anew(const Actor& actor) const {
  if (state_ == nullptr || actor.source) return false;
  return std::any_of(actor.inputs.begin(), actor.inputs.end(), [&](const Edge* edge) {
    const Actor& producer = *actors_[edge->ends().producer];
    if (!producer.source) return producer.begins_anew;
    if (producer.live || producer.resumed) return false;
    // One that could not be opened yet will go on from its state.
    return producer.instance != nullptr || !state_->load(producer.node->name).has_value();
  });
}

/// After open, off the lock. The instance is made anew if it refuses.
void Engine::load_state(Actor& actor) {
  if (state_ == nullptr || actor.instance->state_version() == 0) return;
  const std::string& name = actor.node->name;
  if (actor.begins_anew && !actor.saved && actor.copies.empty()) {
    Outcome forgotten;
    guard(forgotten, [&] { state_->forget(name); });
    if (forgotten.result != Outcome::Result::done)
      world_->outside->log(Level::warning, name, forgotten.message + "; remove it by hand");
    return;
  }
  const std::optional<SavedState> state =
      actor.copies.empty() ? state_->load(name) : actor.copies.back()->state;
  if (!state) return;
  try {
    actor.instance->load_state(state->version, state->bytes);
    actor.resumed = true;
    return;
  } catch (const std::exception& refusal) {
    state_->set_aside(name, refusal.what());
  }
  actor.instance.reset();
  actor.instance = factory_(*actor.node, actor.host->host());
  if (actor.instance == nullptr) throw Fatal("no instance was made of " + actor.node->plugin);
  actor.instance->open();
}

/// Off the lock.
Outcome Engine::store(const Actor& actor, const StateCopy& copy) {
  Outcome outcome;
  // Rows that the node gave before were lost on their way; the next run needs the older state.
  if (copy.owed != nullptr && copy.owed->forfeited()) return outcome;
  guard(outcome, [&] { state_->save(actor.node->name, copy.state.version, copy.state.bytes); });
  return outcome;
}

void Engine::note_instance(Actor& actor) {
  const NodeInstance* instance = actor.instance.get();
  actor.acknowledges = actor.source && instance != nullptr && instance->takes_acknowledgements();
  actor.keeps_state =
      state_ != nullptr && instance != nullptr && instance->state_version() > 0 && !actor.torn;
}

void Engine::note_change(Actor& actor, CallKind kind) {
  if (!actor.keeps_state || actor.changed || kind == CallKind::open) return;
  // Its state is how far others have stored what it gave.
  if (actor.acknowledges && kind != CallKind::acknowledge) return;
  actor.changed =
      now() + (actor.acknowledges ? std::min(state_interval_, position_interval) : state_interval_);
}

void Engine::copied(Actor& actor, Outcome& outcome) {
  actor.changed.reset();
  // RetryLater: there is nothing to keep yet; the node goes on owing what it holds.
  if (outcome.result == Outcome::Result::retry) return;
  if (outcome.result != Outcome::Result::done) return tell_save_trouble(actor, outcome.message);
  auto copy = std::make_shared<StateCopy>();
  copy->state = std::move(outcome.state);
  copy->owed = std::exchange(actor.owed, nullptr);
  actor.copies.push_back(std::move(copy));
}

void Engine::stored(Actor& actor, const Outcome& outcome) {
  if (outcome.result != Outcome::Result::done) {
    actor.copies.front()->not_before = now() + state_interval_;
    return tell_save_trouble(actor, outcome.message);
  }
  if (std::exchange(actor.save_trouble, false))
    log(Level::info, &actor, "its state is saved again");
  actor.saved = true;
  actor.copies.pop_front();
}

void Engine::tell_save_trouble(Actor& actor, const std::string& message) {
  if (std::exchange(actor.save_trouble, true)) return;
  log(Level::warning, &actor,
      "its state is not saved: " + message + "; the node goes on, and it is tried again");
}

/// The instance is gone. Rows that only it held will be asked for by the next run, which must then
/// find the state of before.
void Engine::tear(Actor& actor) {
  actor.changed.reset();
  if (!actor.owed) return;
  actor.torn |= !actor.owed->empty();
  std::exchange(actor.owed, nullptr)->forfeit();
}

}  // namespace weir::core::runtime
