// SPDX-License-Identifier: Apache-2.0
#include "proc_reader.hpp"

#include <algorithm>
#include <utility>

namespace weir::netdev_source {
namespace {

// Nothing tells of changes here, and asking a driver for its speed takes a lock of the kernel.
constexpr Nanos route_lifetime = std::chrono::seconds(1);
constexpr Nanos link_lifetime = std::chrono::seconds(10);

}  // namespace

Reading ProcReader::read(const Clock& clock) {
  Reading reading;
  const InterfaceTable table = machine_.interfaces();
  now_ = clock();
  if (table.malformed_lines > 0)
    reading.counts.emplace_back("malformed_lines", table.malformed_lines);
  std::vector<Present> present;
  measured_.clear();
  for (const Interface& interface : table.interfaces) {
    const auto [at, is_new] = numbers_.try_emplace(interface.name, last_number_ + 1);
    if (is_new) ++last_number_;
    const int number = at->second;
    present.push_back({.index = number, .birth = 0, .name = interface.name});
    measured_.push_back({number, now_, interface.counters});
  }
  std::sort(present.begin(), present.end(),
            [](const Present& a, const Present& b) { return a.index < b.index; });
  std::sort(measured_.begin(), measured_.end(),
            [](const Measured& a, const Measured& b) { return a.index < b.index; });
  reading.changed = present != present_;
  present_ = std::move(present);
  if (reading.changed) forget_the_gone();
  if (follow_default_ && (!default_read_at_ || now_ - *default_read_at_ >= route_lifetime)) {
    auto found = machine_.default_interface();
    reading.changed = reading.changed || found != default_interface_;
    default_interface_ = std::move(found);
    default_read_at_ = now_;
  }
  reading.present = present_;
  reading.measured = measured_;
  reading.default_interface = default_interface_;
  return reading;
}

// One that comes back begins afresh, with another number.
void ProcReader::forget_the_gone() {
  std::erase_if(numbers_, [&](const auto& entry) {
    return std::none_of(present_.begin(), present_.end(),
                        [&](const Present& interface) { return interface.index == entry.second; });
  });
  std::erase_if(links_, [&](const auto& entry) {
    return std::none_of(present_.begin(), present_.end(),
                        [&](const Present& interface) { return interface.index == entry.first; });
  });
}

Link ProcReader::link(const Present& interface) {
  auto [at, is_new] = links_.try_emplace(interface.index);
  if (is_new || now_ - at->second.read_at >= link_lifetime)
    at->second = {machine_.link(interface.name), now_};
  return at->second.link;
}

}  // namespace weir::netdev_source
