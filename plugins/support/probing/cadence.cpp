// SPDX-License-Identifier: Apache-2.0
#include "cadence.hpp"

#include <algorithm>

namespace weir::probing {

Cadence::Cadence(std::size_t targets, Nanos interval, std::uint32_t count, std::uint64_t seed,
                 Instant now)
    : interval_(interval), count_(count), pacer_(targets, count, seed) {
  begin(now);
}

void Cadence::begin(Instant now) {
  span_ = first_span(now, interval_);
  const Nanos left = span_.end() - now.monotonic;
  const double share = static_cast<double>(left.count()) / static_cast<double>(interval_.count());
  const auto rounds = static_cast<std::uint32_t>(share * count_);
  pacer_.begin(now.monotonic, left, std::clamp(rounds, 1U, count_));
}

}  // namespace weir::probing
