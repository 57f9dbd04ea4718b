// SPDX-License-Identifier: Apache-2.0
#include "flight.hpp"

#include <utility>

namespace weir::icmp_source {

std::uint32_t Flight::add(const Probe& probe) {
  if (size() == ring_.size()) grow();
  at(next_) = probe;
  return next_++;
}

Probe* Flight::find(std::uint32_t number) {
  const std::uint32_t distance = number - first_;
  return distance < next_ - first_ ? &at(number) : nullptr;
}

Probe* Flight::find_by_sequence(std::uint16_t sequence) {
  const std::uint32_t newest = next_ - 1;
  const auto back = static_cast<std::uint16_t>(static_cast<std::uint16_t>(newest) - sequence);
  return find(newest - back);
}

void Flight::forget(Nanos deadline) {
  while (first_ != undecided_ && at(first_).sent_at < deadline) ++first_;
}

Nanos Flight::oldest_pending() {
  while (undecided_ != next_ && at(undecided_).state != ProbeState::pending) ++undecided_;
  return undecided_ == next_ ? Nanos::max() : at(undecided_).sent_at;
}

void Flight::grow() {
  std::vector<Probe> larger(ring_.size() * 2);
  for (std::uint32_t number = first_; number != next_; ++number) {
    larger[number & (larger.size() - 1)] = at(number);
  }
  ring_ = std::move(larger);
}

}  // namespace weir::icmp_source
