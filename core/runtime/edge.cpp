// SPDX-License-Identifier: Apache-2.0
#include "core/runtime/edge.hpp"

#include <algorithm>
#include <utility>

namespace weir::core::runtime {

std::size_t Edge::offer(Parcel parcel, std::uint64_t arrival, Duration now) {
  last_arrival_ = now;
  if (discarding_) {
    discarded_ += parcel.rows;
    forfeit(parcel.tickets);
    return 0;
  }
  if (!policy_.drop_oldest) {
    outbox_bytes_ += parcel.bytes;
    outbox_.push_back({std::move(parcel), arrival});
    settle();
    return 0;
  }
  std::size_t dropped = 0;
  while (!queue_.empty() && bytes_ + parcel.bytes > policy_.capacity) {
    dropped += queue_.front().parcel.rows;
    bytes_ -= queue_.front().parcel.bytes;
    queue_.pop_front();
  }
  push({std::move(parcel), arrival});
  dropped_ += dropped;
  return dropped;
}

void Edge::push(Waiting waiting) {
  bytes_ += waiting.parcel.bytes;
  peak_ = std::max(peak_, bytes_);
  queue_.push_back(std::move(waiting));
}

void Edge::settle() {
  while (!outbox_.empty()) {
    const std::size_t next = outbox_.front().parcel.bytes;
    if (!queue_.empty() && bytes_ + next > policy_.capacity) return;
    outbox_bytes_ -= next;
    push(std::move(outbox_.front()));
    outbox_.pop_front();
  }
}

Parcel Edge::take() {
  Parcel parcel = std::move(queue_.front().parcel);
  queue_.pop_front();
  bytes_ -= parcel.bytes;
  watermark_ = std::max(watermark_, parcel.latest_time);
  settle();
  return parcel;
}

void Edge::take_over(Edge& old, bool ended, bool gone) {
  queue_ = std::exchange(old.queue_, {});
  outbox_ = std::exchange(old.outbox_, {});
  bytes_ = std::exchange(old.bytes_, 0);
  outbox_bytes_ = std::exchange(old.outbox_bytes_, 0);
  peak_ = old.peak_;
  watermark_ = old.watermark_;
  last_arrival_ = old.last_arrival_;
  dropped_ = old.dropped_;
  discarded_ = old.discarded_;
  ended_ = ended;
  discarding_ = gone;
  settle();
}

std::size_t Edge::wanted() const {
  // Full without an outbox: one byte more than there is lets the producer run.
  return bytes_ + (outbox_.empty() ? 1 : outbox_.front().parcel.bytes);
}

void Edge::grow(std::size_t capacity) {
  policy_.capacity = std::max(policy_.capacity, capacity);
  settle();
}

std::size_t Edge::rows_at_risk() const {
  std::size_t rows = 0;
  for (const auto* waiting : {&queue_, &outbox_}) {
    for (const Waiting& one : *waiting) rows += one.parcel.tickets.empty() ? one.parcel.rows : 0;
  }
  return rows;
}

}  // namespace weir::core::runtime
