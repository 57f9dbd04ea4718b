// SPDX-License-Identifier: Apache-2.0
#include "core/runtime/tap.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace weir::core::runtime {

std::vector<Batch> Tap::take() {
  std::deque<Batch> taken;
  {
    const std::lock_guard lock(mutex_);
    taken.swap(queue_);
    bytes_ = 0;
  }
  return {std::make_move_iterator(taken.begin()), std::make_move_iterator(taken.end())};
}

std::uint64_t Tap::dropped_rows() const {
  const std::lock_guard lock(mutex_);
  return dropped_rows_;
}

void Tap::offer(std::string_view node, std::uint32_t port, const Parcel& parcel) {
  const bool wanted = std::any_of(places_.begin(), places_.end(), [&](const Place& place) {
    return place.port == port && place.node == node;
  });
  if (!wanted) return;
  const std::lock_guard lock(mutex_);
  // One batch always fits, however large: the engine holds it anyway.
  if (!queue_.empty() && (queue_.size() >= most_batches || bytes_ + parcel.bytes > most_bytes)) {
    dropped_rows_ += parcel.rows;
    return;
  }
  queue_.push_back(parcel.batch);
  bytes_ += parcel.bytes;
}

void Taps::add(const std::shared_ptr<Tap>& tap) {
  const std::lock_guard lock(mutex_);
  taps_.push_back(tap);
  count_.store(taps_.size());
}

void Taps::offer_to_all(std::string_view node, std::uint32_t port, const Parcel& parcel) {
  const std::lock_guard lock(mutex_);
  for (const auto& weak : taps_) {
    if (const auto tap = weak.lock()) tap->offer(node, port, parcel);
  }
  std::erase_if(taps_, [](const auto& weak) { return weak.expired(); });
  count_.store(taps_.size());
}

}  // namespace weir::core::runtime
