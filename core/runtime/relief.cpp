// SPDX-License-Identifier: Apache-2.0
#include "core/runtime/relief.hpp"

#include <algorithm>

#include "core/runtime/input_order.hpp"

namespace weir::core::runtime {
namespace {

using State = Decision::State;
using Actors = std::vector<std::unique_ptr<Actor>>;

/// A node that waits moves on when one of the producers does, one that is held up when all of the
/// consumers in its way do. What the outside sets going (timers, calls, sources) moves anyway.
bool can_move(const Actor& actor, State state, const std::vector<bool>& moves) {
  switch (state) {
    case State::blocked:
      return std::all_of(actor.out_edges.begin(), actor.out_edges.end(), [&](const Edge* edge) {
        return !edge->holds_up() || moves[edge->ends().consumer];
      });
    case State::starved: {
      const auto awaited = awaited_inputs(actor);
      return std::any_of(awaited.begin(), awaited.end(), [&](std::uint32_t input) {
        return moves[actor.inputs[input]->ends().producer];
      });
    }
    default:
      return true;
  }
}

}  // namespace

Edge* edge_to_grow(const Actors& actors, Duration now) {
  // Asked after every call, and mostly answered here.
  const bool any_blocked = std::any_of(actors.begin(), actors.end(), [&](const auto& actor) {
    return decide(*actor, now).state == State::blocked;
  });
  if (!any_blocked) return nullptr;
  std::vector<State> states;
  for (const auto& actor : actors) states.push_back(decide(*actor, now).state);

  std::vector<bool> moves(actors.size(), false);
  for (bool changed = true; changed;) {
    changed = false;
    for (std::size_t i = 0; i < actors.size(); ++i) {
      if (moves[i] || !can_move(*actors[i], states[i], moves)) continue;
      moves[i] = true;
      changed = true;
    }
  }

  Edge* smallest = nullptr;
  for (std::size_t i = 0; i < actors.size(); ++i) {
    if (moves[i] || states[i] != State::blocked) continue;
    for (Edge* edge : actors[i]->out_edges) {
      if (!edge->holds_up() || moves[edge->ends().consumer]) continue;
      if (smallest == nullptr || edge->capacity() < smallest->capacity()) smallest = edge;
    }
  }
  return smallest;
}

}  // namespace weir::core::runtime
