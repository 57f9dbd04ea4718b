// SPDX-License-Identifier: Apache-2.0
#include "core/runtime/input_order.hpp"

#include <algorithm>
#include <optional>

#include "core/runtime/actor.hpp"

namespace weir::core::runtime {
namespace {

using State = InputChoice::State;

std::uint32_t input_count(const Actor& actor) {
  return static_cast<std::uint32_t>(actor.inputs.size());
}

InputChoice choose_sequence(const Actor& actor) {
  for (std::uint32_t i = 0; i < input_count(actor); ++i) {
    if (actor.told_end[i]) continue;
    if (actor.inputs[i]->exhausted()) return {State::end, i};
    if (!actor.inputs[i]->empty()) return {State::read, i};
    return {};
  }
  return {State::none_left};
}

std::optional<InputChoice> choose_ended(const Actor& actor) {
  bool none_left = true;
  for (std::uint32_t i = 0; i < input_count(actor); ++i) {
    if (actor.told_end[i]) continue;
    if (actor.inputs[i]->exhausted()) return InputChoice{State::end, i};
    none_left = false;
  }
  if (none_left) return InputChoice{State::none_left};
  return std::nullopt;
}

InputChoice choose_first_arrival(const Actor& actor) {
  InputChoice choice;
  for (std::uint32_t i = 0; i < input_count(actor); ++i) {
    const Edge& edge = *actor.inputs[i];
    if (edge.empty()) continue;
    if (choice.state == State::wait || edge.arrival() < actor.inputs[choice.input]->arrival()) {
      choice = {State::read, i};
    }
  }
  return choice;
}

// A batch that an ended or drained input still has in its outbox moves up at once, so `empty` here
// means that the producer has given nothing more.
InputChoice choose_watermark(const Actor& actor, Duration now) {
  // The furthest behind of those that hold the others, and of those that have something.
  std::optional<std::uint32_t> holder;
  std::optional<std::uint32_t> ready;
  InputChoice wait;
  const auto behind = [&](std::uint32_t i, const std::optional<std::uint32_t>& other) {
    return !other || actor.inputs[i]->watermark() < actor.inputs[*other]->watermark();
  };
  for (std::uint32_t i = 0; i < input_count(actor); ++i) {
    const Edge& edge = *actor.inputs[i];
    if (actor.told_end[i]) continue;
    if (!edge.empty()) {
      if (behind(i, ready)) ready = i;
      continue;
    }
    if (edge.live_fed()) {
      const Duration until = edge.last_arrival() + actor.node->settings.idle_timeout;
      if (until <= now) continue;
      wait.wake = std::min(wait.wake, until);
    }
    if (behind(i, holder)) holder = i;
  }
  if (!ready) return {};
  if (!holder || !behind(*holder, ready)) return {State::read, *ready};
  for (std::uint32_t i = 0; i < input_count(actor); ++i) {
    if (!actor.inputs[i]->empty() && actor.inputs[i]->live_fed()) return {State::read, i};
  }
  return wait;
}

}  // namespace

InputChoice choose_input(const Actor& actor, Duration now) {
  if (actor.order == Order::sequence) return choose_sequence(actor);
  if (const auto ended = choose_ended(actor)) return *ended;
  if (actor.order == Order::watermark) return choose_watermark(actor, now);
  return choose_first_arrival(actor);
}

std::vector<std::uint32_t> awaited_inputs(const Actor& actor) {
  std::vector<std::uint32_t> awaited;
  std::optional<std::uint32_t> lowest;
  for (std::uint32_t i = 0; i < input_count(actor); ++i) {
    const Edge& edge = *actor.inputs[i];
    if (actor.told_end[i] || !edge.empty()) continue;
    if (actor.order == Order::sequence) return {i};
    if (actor.order == Order::any || edge.live_fed()) awaited.push_back(i);
    if (!lowest || edge.watermark() < actor.inputs[*lowest]->watermark()) lowest = i;
  }
  if (actor.order == Order::watermark && lowest &&
      std::find(awaited.begin(), awaited.end(), *lowest) == awaited.end()) {
    awaited.push_back(*lowest);
  }
  return awaited;
}

}  // namespace weir::core::runtime
