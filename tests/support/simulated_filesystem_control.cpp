// SPDX-License-Identifier: Apache-2.0
// What goes wrong with the disk, and what a test may look at.
#include "tests/support/simulated_filesystem.hpp"

#include <utility>

namespace weir::test {

void SimulatedFilesystem::fail(const Fault& fault) {
  const std::lock_guard guard(mutex_);
  faults_.push_back({.fault = fault});
}

void SimulatedFilesystem::mend() {
  const std::lock_guard guard(mutex_);
  faults_.clear();
  capacity_ = std::numeric_limits<std::uint64_t>::max();
}

void SimulatedFilesystem::heal() {
  mend();
  const std::lock_guard guard(mutex_);
  crash_number_ = 0;
}

void SimulatedFilesystem::set_capacity(std::uint64_t bytes) {
  const std::lock_guard guard(mutex_);
  capacity_ = bytes;
}

void SimulatedFilesystem::crash_at(std::uint64_t number, Moment moment) {
  const std::lock_guard guard(mutex_);
  crash_number_ = number;
  crash_moment_ = moment;
}

void SimulatedFilesystem::crash() {
  const std::lock_guard guard(mutex_);
  crashed_ = true;
}

bool SimulatedFilesystem::crashed() const {
  const std::lock_guard guard(mutex_);
  return crashed_;
}

void SimulatedFilesystem::power_on() {
  const std::lock_guard guard(mutex_);
  for (const NameChange& change : unsynced_names_) {
    if (!chance()) continue;
    if (!change.from.empty()) durable_.erase(change.from);
    if (!change.to.empty()) durable_[change.to] = change.node;
  }
  unsynced_names_.clear();
  for (const auto& [path, node] : durable_) {
    settle(*node);
    node->now = node->durable;
  }
  now_ = durable_;
  locks_.clear();
  crashed_ = false;
  crash_number_ = 0;
  ++epoch_;
}

void SimulatedFilesystem::keep_history() {
  const std::lock_guard guard(mutex_);
  keeps_history_ = true;
}

std::vector<std::string> SimulatedFilesystem::history() const {
  const std::lock_guard guard(mutex_);
  return history_;
}

std::uint64_t SimulatedFilesystem::count(Operation operation) const {
  const std::lock_guard guard(mutex_);
  const auto found = counts_.find(operation);
  return found == counts_.end() ? 0 : found->second;
}

std::uint64_t SimulatedFilesystem::operations() const {
  const std::lock_guard guard(mutex_);
  std::uint64_t sum = 0;
  for (const auto& [operation, times] : counts_) sum += times;
  return sum;
}

std::uint64_t SimulatedFilesystem::refused() const {
  const std::lock_guard guard(mutex_);
  return refused_;
}

std::vector<std::string> SimulatedFilesystem::paths() const {
  const std::lock_guard guard(mutex_);
  std::vector<std::string> paths;
  for (const auto& [path, node] : now_) paths.push_back(path);
  return paths;
}

std::vector<std::byte> SimulatedFilesystem::contents(const std::string& path) const {
  const std::lock_guard guard(mutex_);
  const auto found = now_.find(path);
  return found == now_.end() ? std::vector<std::byte>{} : found->second->now;
}

void SimulatedFilesystem::set_contents(const std::string& path, std::vector<std::byte> bytes) {
  const std::lock_guard guard(mutex_);
  auto node = std::make_shared<Node>();
  node->now = node->durable = std::move(bytes);
  now_[path] = durable_[path] = node;
}

std::uint64_t SimulatedFilesystem::used() const {
  const std::lock_guard guard(mutex_);
  return used_now();
}

}  // namespace weir::test
