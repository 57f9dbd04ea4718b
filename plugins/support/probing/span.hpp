// SPDX-License-Identifier: Apache-2.0
// How intervals follow each other: on the monotonic clock without a gap, labelled in UTC.
#pragma once

#include "time.hpp"

namespace weir::probing {

/// [start, start + length) on the monotonic clock; `label` is its beginning in UTC, a multiple of
/// the step.
struct Span {
  Nanos start{};
  Nanos length{};
  Nanos label{};
  [[nodiscard]] Nanos end() const { return start + length; }
};

/// The interval that `now` lies in.
[[nodiscard]] Span first_span(Instant now, Nanos step);

/// The one that follows. Its length is stretched or cut so that it ends on a multiple of the step
/// in UTC again: by microseconds where NTP steers the clock, by up to half a step where the clock
/// jumps.
[[nodiscard]] Span next_span(const Span& last, Instant now, Nanos step);

}  // namespace weir::probing
