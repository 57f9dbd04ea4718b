// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/buffer_ledger.hpp"

#include <algorithm>
#include <utility>

namespace weir::simulation {

void BufferLedger::begin_life() {
  pending_.clear();
  acknowledged_.clear();
  first_given_ = last_given_ = 0;
  given_order_.clear();
  flushed_.clear();
  flushed_order_.clear();
}

void BufferLedger::break_promise(std::uint64_t number, const std::string& how) {
  broken_.push_back("record " + std::to_string(number) + " " + how);
}

void BufferLedger::appended(std::uint64_t number, Record record) {
  Entry& entry = entries_[number];
  if (entry.durable) break_promise(number, "was durable, and its number is used again");
  // One that was appended before and never durable is gone.
  entry = {.record = std::move(record)};
  pending_.push_back(number);
}

void BufferLedger::flushed() {
  for (const std::uint64_t number : std::exchange(pending_, {})) {
    Entry& entry = entries_[number];
    entry.durable = true;
    const Record& record = entry.record;
    promised_.insert(record.ids.begin(), record.ids.end());
    add(flushed_, record.ids);
    auto& order = flushed_order_[record.input];
    order.insert(order.end(), record.ids.begin(), record.ids.end());
  }
}

void BufferLedger::given(std::uint64_t number, const Record& record) {
  const auto found = entries_.find(number);
  if (found == entries_.end()) return break_promise(number, "was given and never written");
  if (found->second.record != record) break_promise(number, "was given with other rows");
  if (number <= last_given_) break_promise(number, "was given after a later one");
  if (number < position_) break_promise(number, "was given again behind a durable position");
  last_given_ = number;
  if (first_given_ == 0) first_given_ = number;
  // Only what is durable may be read.
  found->second.durable = true;
  auto& order = given_order_[record.input];
  order.insert(order.end(), record.ids.begin(), record.ids.end());
}

void BufferLedger::acknowledged(std::uint64_t number) {
  entries_[number].done = true;
  acknowledged_.insert(number);
}

void BufferLedger::check_life(const std::set<Id>& stored, const std::set<Id>& letters,
                              const std::map<std::uint32_t, std::vector<Id>>& order) {
  for (const std::uint64_t number : acknowledged_) {
    for (const Id id : entries_[number].record.ids) {
      if (stored.contains(id) || letters.contains(id)) continue;
      break_promise(number, "was acknowledged, and its row " + std::to_string(id) +
                                " is at no server and in no dead letter");
      break;
    }
  }
  for (const auto& [input, ids] : order) {
    const std::vector<Id>& given = given_order_[input];
    auto at = given.begin();
    for (const Id id : ids) {
      while (at != given.end() && *at != id) ++at;
      if (at == given.end()) {
        broken_.push_back("row " + std::to_string(id) + " was not stored in the order given");
        break;
      }
      ++at;
    }
  }
}

void BufferLedger::position_is_durable() {
  // What an earlier life acknowledged may be unknown to this one, if its position was not durable.
  position_ = std::max(position_, first_given_);
  while (acknowledged_.contains(position_)) ++position_;
}

void BufferLedger::check_end(const Records& left, std::uint64_t dropped, bool exact) {
  for (const auto& [number, record] : left) {
    const auto found = entries_.find(number);
    if (found == entries_.end() || found->second.record != record)
      break_promise(number, "is on the disk with rows that nobody wrote");
  }
  std::uint64_t missing = 0;
  std::uint64_t first = 0;
  for (const auto& [number, entry] : entries_) {
    // Without trouble also a record that was never flushed is either there or dropped.
    if (entry.done || left.contains(number) || (!entry.durable && !exact)) continue;
    if (missing == 0) first = number;
    missing += entry.record.ids.size();
    dropped_.insert(entry.record.ids.begin(), entry.record.ids.end());
  }
  if (missing > dropped && !uncounted_drop_) {
    break_promise(first, "and maybe others: " + std::to_string(missing) +
                             " durable rows are gone, counted as dropped are " +
                             std::to_string(dropped));
    dropped_.clear();
  }
  if (exact && missing < dropped)
    broken_.push_back(std::to_string(dropped) + " rows are counted as dropped, gone are " +
                      std::to_string(missing));
}

std::vector<std::string> BufferLedger::take_broken() { return std::exchange(broken_, {}); }

}  // namespace weir::simulation
