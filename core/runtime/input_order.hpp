// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Which of its inputs a node reads next.
///
///  any        the batch that arrived first.
///  sequence   all of input 0, then all of input 1, …
///  watermark  the input whose event time is furthest behind. While that input is empty and has not
///             ended, inputs that can wait (fed only by replayable sources) are held back, so that
///             a join holds little; an input that is live-fed holds the others no longer than
///             `idle_timeout` after its last batch. A live-fed input is never held back itself:
///             towards a live source waiting would drop rows, and reading them early only makes the
///             join hold them.

#include <cstdint>
#include <vector>

#include "weir/units.hpp"

namespace weir::core::runtime {

struct Actor;

struct InputChoice {
  enum class State : std::uint8_t {
    read,      ///< take the next batch of `input`
    end,       ///< say that `input` has ended
    wait,      ///< nothing to read; look again at `wake`
    none_left  ///< all have ended and it was said
  };
  State state = State::wait;
  std::uint32_t input = 0;
  Duration wake = Duration::max();
};

[[nodiscard]] InputChoice choose_input(const Actor& actor, Duration now);

/// Of a node that waits: the inputs where one batch would set it going.
[[nodiscard]] std::vector<std::uint32_t> awaited_inputs(const Actor& actor);

}  // namespace weir::core::runtime
