// SPDX-License-Identifier: Apache-2.0
#include "link_table.hpp"

#include <algorithm>
#include <initializer_list>
#include <string_view>

namespace weir::netdev_source {
namespace {

bool is_one_of(std::string_view kind, std::initializer_list<std::string_view> kinds) {
  return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

}  // namespace

void LinkTable::begin() { seen_.emplace(); }

void LinkTable::see(netlink::LinkMessage link) {
  if (seen_) seen_->insert(link.index);
  const auto at = records_.find(link.index);
  if (at == records_.end() || at->second.link.name != link.name) {
    changed_ = true;
    listed_ = false;
  }
  if (at == records_.end()) {
    const int index = link.index;
    records_.emplace(index, Record{std::move(link), ++births_, std::nullopt});
  } else {
    at->second.link = std::move(link);
    at->second.wire.reset();  // the event may be about its speed
  }
  stacked_stale_ = true;
}

void LinkTable::end(bool whole) {
  if (whole && seen_) {
    std::vector<int> gone;
    for (const auto& [index, record] : records_) {
      if (!seen_->contains(index)) gone.push_back(index);
    }
    for (const int index : gone) remove(index);
  }
  seen_.reset();
}

void LinkTable::remove(int index) {
  if (records_.erase(index) == 0) return;
  changed_ = true;
  listed_ = false;
  stacked_stale_ = true;
}

// The speed of a bond or a VLAN changes with those that it lies on.
void LinkTable::forget_stacked_links() {
  for (auto& [index, record] : records_) {
    if (!record.link.kind.empty()) record.wire.reset();
  }
}

const std::vector<Present>& LinkTable::present() {
  if (!std::exchange(listed_, true)) {
    present_.clear();
    for (const auto& [index, record] : records_)
      present_.push_back({index, record.birth, record.link.name});
  }
  return present_;
}

bool LinkTable::has_wire(int index, int depth) const {
  constexpr int most_layers = 8;  // messages could tell of a circle
  const auto at = records_.find(index);
  if (at == records_.end() || depth > most_layers) return false;
  const netlink::LinkMessage& link = at->second.link;
  if (link.has_device || is_one_of(link.kind, {"dsa", "ipoib"})) return true;
  if (link.kind.empty()) return !link.loopback;
  if (is_one_of(link.kind, {"vlan", "macvlan", "ipvlan"})) return has_wire(link.lower, depth + 1);
  if (!is_one_of(link.kind, {"bond", "team"})) return false;
  return std::any_of(records_.begin(), records_.end(), [&](const auto& entry) {
    return entry.second.link.master == index && has_wire(entry.first, depth + 1);
  });
}

std::optional<Link>* LinkTable::link(int index) {
  if (std::exchange(stacked_stale_, false)) forget_stacked_links();
  const auto at = records_.find(index);
  return at == records_.end() ? nullptr : &at->second.wire;
}

}  // namespace weir::netdev_source
