// SPDX-License-Identifier: Apache-2.0
#include "flight.hpp"

#include <utility>

namespace weir::icmp_source {

std::uint32_t Flight::add(const Probe& probe) {
  if (next_ - base_ == chunks_.size() * chunk_size) {
    auto chunk = spare_ ? std::exchange(spare_, nullptr) : std::make_unique<Chunk>();
    if (with_details_ && !chunk->details)
      chunk->details = std::make_unique<std::array<ProbeDetail, chunk_size>>();
    chunks_.push_back(std::move(chunk));
  }
  at(next_) = probe;
  if (with_details_) *detail(next_) = {};
  return next_++;
}

void Flight::drop_front() {
  spare_ = std::move(chunks_.front());
  chunks_.pop_front();
  base_ += chunk_size;
}

Probe* Flight::find(std::uint32_t number) {
  const std::uint32_t distance = number - first_;
  return distance < next_ - first_ ? &at(number) : nullptr;
}

Probe* Flight::find_by_sequence(std::uint16_t sequence, std::uint32_t& number) {
  const std::uint32_t newest = next_ - 1;
  const auto back = static_cast<std::uint16_t>(static_cast<std::uint16_t>(newest) - sequence);
  number = newest - back;
  return find(number);
}

ProbeDetail* Flight::detail(std::uint32_t number) {
  if (!with_details_) return nullptr;
  const std::uint32_t offset = number - base_;
  return &(*chunks_[offset / chunk_size]->details)[offset % chunk_size];
}

Nanos Flight::oldest_pending() {
  for (std::uint32_t number = undecided_; number != next_; ++number) {
    const Probe& probe = at(number);
    if (probe.state == ProbeState::pending) return probe.sent_at;
  }
  return Nanos::max();
}

}  // namespace weir::icmp_source
