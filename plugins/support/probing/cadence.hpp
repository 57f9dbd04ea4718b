// SPDX-License-Identifier: Apache-2.0
// So many probes of each target in each interval: `span` says where intervals begin, `pacer` who is
// due when inside one.
#pragma once

#include <cstddef>
#include <cstdint>

#include "pacer.hpp"
#include "span.hpp"
#include "time.hpp"

namespace weir::probing {

class Cadence {
 public:
  /// At least one target and one probe. What is left of the interval that `now` lies in has its
  /// share of the probes, at least one of each target.
  Cadence(std::size_t targets, Nanos interval, std::uint32_t count, std::uint64_t seed,
          Instant now);

  /// Calls start(target, label, last) for each probe that is due; label: the interval's beginning
  /// in UTC; last: of this target in this interval.
  template <class Start>
  void advance(Instant now, Start&& start) {
    // After a standstill what was missed is skipped: catching up would be a burst.
    if (now.monotonic >= span_.end() + span_.length) begin(now);
    for (;;) {
      while (!pacer_.done() && pacer_.due() <= now.monotonic) {
        const std::uint32_t target = pacer_.target();
        const bool last = pacer_.last();
        pacer_.advance();
        start(target, span_.label, last);
      }
      if (now.monotonic < span_.end()) return;
      span_ = next_span(span_, now, interval_);
      pacer_.begin(span_.start, span_.length);
    }
  }
  /// When to call advance next, on the monotonic clock.
  [[nodiscard]] Nanos next() const { return pacer_.done() ? span_.end() : pacer_.due(); }

 private:
  void begin(Instant now);

  Nanos interval_;
  std::uint32_t count_;
  Pacer pacer_;
  Span span_;
};

}  // namespace weir::probing
