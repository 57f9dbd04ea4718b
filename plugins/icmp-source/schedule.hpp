// SPDX-License-Identifier: Apache-2.0
// The targets that are probed at one pace, and their intervals.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "interval.hpp"
#include "names.hpp"
#include "pacer.hpp"

namespace weir::icmp_source {

struct Schedule {
  Schedule(Nanos step_of_it, std::uint32_t count, std::uint32_t first_slot, std::uint32_t targets,
           std::uint64_t seed)
      : step(step_of_it), first(first_slot), size(targets), pacer(targets, count, seed) {}

  /// The interval of a probe that carries this number; nullptr when it is closed.
  [[nodiscard]] Interval* interval(std::uint16_t number) {
    if (open.empty()) return nullptr;
    const auto at = static_cast<std::uint16_t>(number - open.front().number());
    return at < open.size() ? &open[at] : nullptr;
  }
  [[nodiscard]] Nanos next_event() const {
    return pacer.done() ? open.back().span().end() : pacer.due();
  }

  Nanos step;           ///< one interval
  std::uint32_t first;  ///< its slots are [first, first + size)
  std::uint32_t size;
  probing::Pacer pacer;
  std::vector<Interval> open;  ///< the last is the current one
  std::uint32_t next_number = 0;
  bool waits = false;  ///< intervals before the current one are still open
  std::vector<std::pair<std::uint32_t, std::optional<Address>>> changes;  ///< at the next interval
};

}  // namespace weir::icmp_source
