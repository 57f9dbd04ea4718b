// SPDX-License-Identifier: Apache-2.0
#include "span.hpp"

namespace weir::probing {
namespace {

Nanos floor_to(Nanos time, Nanos step) {
  const Nanos rest = time % step;
  return rest < Nanos{} ? time - rest - step : time - rest;
}

}  // namespace

Span first_span(Instant now, Nanos step) {
  const Nanos label = floor_to(now.utc, step);
  return {.start = now.monotonic - (now.utc - label), .length = step, .label = label};
}

Span next_span(const Span& last, Instant now, Nanos step) {
  const Nanos start = last.end();
  const Nanos start_utc = now.utc - (now.monotonic - start);
  const Nanos label = floor_to(start_utc + step / 2, step);
  return {.start = start, .length = step - (start_utc - label), .label = label};
}

}  // namespace weir::probing
