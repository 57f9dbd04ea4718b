// SPDX-License-Identifier: Apache-2.0
// Counters from /proc/net/dev, where netlink has none: slower, and an interface is known by its
// name only.
#pragma once

#include <map>
#include <string>

#include "machine.hpp"
#include "reader.hpp"

namespace weir::netdev_source {

class ProcReader final : public Reader {
 public:
  ProcReader(Machine machine, bool follow_default)
      : machine_(std::move(machine)), follow_default_(follow_default) {}

  [[nodiscard]] Reading read(const Clock& clock) override;
  [[nodiscard]] Link link(const Present& interface) override;

 private:
  struct KnownLink {
    Link link;
    Nanos read_at;
  };

  void forget_the_gone();

  Machine machine_;
  bool follow_default_;
  std::map<std::string, int> numbers_;  // stand for the kernel's, which the file does not tell
  int last_number_ = 0;
  std::vector<Present> present_;
  std::vector<Measured> measured_;
  std::map<int, KnownLink> links_;
  std::optional<std::string> default_interface_;
  std::optional<Nanos> default_read_at_;
  Nanos now_{};
};

}  // namespace weir::netdev_source
