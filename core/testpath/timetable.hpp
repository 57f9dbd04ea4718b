// SPDX-License-Identifier: Apache-2.0
#pragma once
/// What is due when; what is due at the same time leaves in the order in which it was put in. Pure.

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "core/testpath/impairments.hpp"

namespace weir::core::testpath {

template <class Item>
class Timetable {
 public:
  void put(Nanos due, Item item) {
    heap_.push_back({due, count_++, std::move(item)});
    std::push_heap(heap_.begin(), heap_.end(), later);
  }
  [[nodiscard]] std::optional<Nanos> next_due() const {
    return heap_.empty() ? std::nullopt : std::optional(heap_.front().due);
  }
  /// The next that is due at `now` or was before.
  [[nodiscard]] std::optional<Item> take(Nanos now) {
    if (heap_.empty() || heap_.front().due > now) return std::nullopt;
    std::pop_heap(heap_.begin(), heap_.end(), later);
    Item item = std::move(heap_.back().item);
    heap_.pop_back();
    return item;
  }
  [[nodiscard]] std::size_t size() const { return heap_.size(); }

 private:
  struct Entry {
    Nanos due;
    std::uint64_t order;
    Item item;
  };
  static bool later(const Entry& left, const Entry& right) {
    return std::pair(left.due, left.order) > std::pair(right.due, right.order);
  }
  std::vector<Entry> heap_;
  std::uint64_t count_ = 0;
};

}  // namespace weir::core::testpath
