// SPDX-License-Identifier: Apache-2.0
#include "cadence.hpp"

namespace weir::probing {

Cadence::Cadence(std::size_t targets, Nanos interval, std::uint64_t seed, Instant now)
    : interval_(interval), pacer_(targets, 1, seed) {
  begin(now);
}

void Cadence::begin(Instant now) {
  span_ = first_span(now, interval_);
  pacer_.begin(now.monotonic, span_.end() - now.monotonic);
}

}  // namespace weir::probing
