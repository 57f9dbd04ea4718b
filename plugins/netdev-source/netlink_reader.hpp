// SPDX-License-Identifier: Apache-2.0
// Counters by RTM_GETSTATS dumps on one netlink socket, names by events on another.
#pragma once

#include <functional>
#include <memory>
#include <stdexcept>

#include "machine.hpp"
#include "reader.hpp"

namespace weir::netdev_source {

/// The kernel has no RTM_GETSTATS (before Linux 4.7, and where it is emulated).
class Unsupported : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Opens a netlink socket that listens to these RTMGRP_* groups; throws std::system_error.
using OpenChannel = std::function<std::unique_ptr<Channel>(std::uint32_t groups)>;

class NetlinkReader final : public Reader {
 public:
  struct World {
    OpenChannel open;
    Machine machine;  ///< for the default route and the speed of wires
  };
  /// Opens nothing yet: the first read does.
  NetlinkReader(World world, bool follow_default)
      : world_(std::move(world)), follow_default_(follow_default) {}

  /// Throws Unsupported too.
  [[nodiscard]] Reading read(const Clock& clock) override;
  [[nodiscard]] Link link(const Present& interface) override;

 private:
  void open(const Clock& clock, Reading& reading);
  void dump_links(const Clock& clock, Reading& reading);
  void dump_statistics(const Clock& clock, Reading& reading);
  void drain_events(const Clock& clock, Reading& reading);
  void apply(const netlink::Message& event);
  void follow_default(const Clock& clock, Reading& reading);
  void check(const DumpResult& result, const char* what, Reading& reading);

  World world_;
  bool follow_default_;
  std::unique_ptr<Channel> questions_, events_;  // none: to be opened
  std::optional<Dumper> dumper_;
  LinkTable links_;
  std::vector<Measured> measured_;
  std::optional<std::string> default_interface_;
  bool default_stale_ = true;
  std::optional<Nanos> default_read_at_;
};

}  // namespace weir::netdev_source
