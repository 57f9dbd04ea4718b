// SPDX-License-Identifier: Apache-2.0
#include "witness.hpp"

#include <algorithm>
#include <cctype>

namespace weir::dns_faults {
namespace {

const Column* find(const Batch& batch, const char* name) {
  for (const Column& column : batch.columns()) {
    if (column.name() == name) return &column;
  }
  return nullptr;
}

double number(const Batch& batch, const char* name, std::size_t row) {
  const Column* column = find(batch, name);
  return column != nullptr && column->valid(row) ? column->number(row) : 0;
}

std::string text(const Batch& batch, const char* name, std::size_t row) {
  const Column* column = find(batch, name);
  return column != nullptr && column->valid(row) ? std::string(column->text(row)) : std::string();
}

}  // namespace

void Witness::enter(Phase phase) {
  const std::lock_guard lock(mutex_);
  phase_ = phase;
}

void Witness::take(const Batch& batch) {
  const std::lock_guard lock(mutex_);
  for (std::size_t row = 0; row < batch.rows(); ++row) take_row(batch, row);
}

void Witness::take_row(const Batch& batch, std::size_t row) {
  const std::string target = text(batch, "target", row);
  if (std::isdigit(static_cast<unsigned char>(target.front())) != 0)
    return take_other(batch, row, target);
  const std::string address = text(batch, "address", row);
  const bool asked = number(batch, "sent", row) > 0;
  const bool answered = number(batch, "received", row) > 0;
  if (answered) known_.insert(target);
  if (answered && address == new_address_) moved_.insert(target);
  if (phase_ != Phase::trouble || target.starts_with("late-")) return;
  // The last interval, or one with late answers only, has asked nobody.
  if (!asked && !address.empty()) return;
  ++kept_.rows;
  if (answered) kept_.answered.insert(target);
  if (!asked) ++kept_.unasked;
  if (asked && !answered) ++kept_.unanswered;
}

void Witness::take_other(const Batch& batch, std::size_t row, const std::string& target) {
  const double sent = number(batch, "sent", row);
  const double received = number(batch, "received", row);
  others_.sent += sent;
  others_.lost += sent - received;
  others_.dropped = std::max(others_.dropped, number(batch, "receive_dropped", row));
  if (received > 0 && phase_ == Phase::trouble) others_.answered_in_trouble.insert(target);
  const Column* late = find(batch, "host_stall_ms");
  if (late == nullptr || !late->valid(row)) return;
  (phase_ == Phase::before    ? late_before_
   : phase_ == Phase::trouble ? late_in_trouble_
                              : late_after_)
      .push_back(late->number(row));
}

Witness::Others Witness::others() const {
  const std::lock_guard lock(mutex_);
  return others_;
}

Lateness Witness::lateness(Phase phase) const {
  const std::lock_guard lock(mutex_);
  std::vector<double> late = phase == Phase::before    ? late_before_
                             : phase == Phase::trouble ? late_in_trouble_
                                                       : late_after_;
  if (late.empty()) return {};
  std::sort(late.begin(), late.end());
  const auto at = [&](double share) {
    return late[static_cast<std::size_t>(share * static_cast<double>(late.size() - 1))];
  };
  return {at(0.5), at(0.99), late.back(), late.size()};
}

std::size_t Witness::known() const {
  const std::lock_guard lock(mutex_);
  return known_.size();
}
std::size_t Witness::moved() const {
  const std::lock_guard lock(mutex_);
  return moved_.size();
}
Witness::Kept Witness::kept() const {
  const std::lock_guard lock(mutex_);
  return kept_;
}

}  // namespace weir::dns_faults
