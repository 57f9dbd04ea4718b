// SPDX-License-Identifier: Apache-2.0
#include "interval.hpp"

#include <utility>

namespace weir::icmp_source {
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

Interval::Interval(std::uint32_t number, const Span& span, std::size_t targets, std::uint32_t count,
                   std::shared_ptr<const AddressTable> addresses)
    : number_(number),
      count_(count),
      span_(span),
      tallies_(targets),
      round_trips_(targets * count),
      addresses_(std::move(addresses)) {}

void Interval::count_reply(std::uint32_t target, Nanos round_trip,
                           std::optional<double> jitter_ms) {
  Tally& tally = tallies_[target];
  round_trips_[std::size_t{target} * count_ + tally.received] = round_trip;
  ++tally.received;
  tally.jitter_ms = jitter_ms;
  --pending_;
}

Summary Interval::summary(std::size_t target) {
  const Tally& tally = tallies_[target];
  const auto replies = std::span(round_trips_).subspan(target * count_, tally.received);
  return summarize(tally.sent, replies, tally.jitter_ms);
}

}  // namespace weir::icmp_source
