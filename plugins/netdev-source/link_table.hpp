// SPDX-License-Identifier: Apache-2.0
// Which interfaces there are: from one dump, then from the events of the kernel. No socket.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "netlink.hpp"
#include "rates.hpp"

namespace weir::netdev_source {

/// An interface that is there.
struct Present {
  int index = 0;
  std::uint64_t birth = 0;  ///< tells it from an earlier one with the same index
  std::string name;
  friend bool operator==(const Present&, const Present&) = default;
};

class LinkTable {
 public:
  /// A dump: begin, one call of see() for each interface, end. Those that were not seen are gone,
  /// unless the dump was not whole.
  void begin();
  void see(netlink::LinkMessage link);
  void end(bool whole);

  void remove(int index);

  /// Ascending by index. Valid until the next change.
  [[nodiscard]] const std::vector<Present>& present();
  /// True once after interfaces came, went or got another name.
  [[nodiscard]] bool take_changed() { return std::exchange(changed_, false); }

  /// Whether the speed that a driver tells is one of a wire: hardware, or a VLAN on it, or a bond
  /// of it. What a bridge, a tunnel or a veth reports is invented.
  [[nodiscard]] bool has_wire(int index) const { return has_wire(index, 0); }

  /// What was read of the wire since the last event of that interface (or of any, where it lies
  /// on others). Null: no such interface.
  [[nodiscard]] std::optional<Link>* link(int index);

 private:
  struct Record {
    netlink::LinkMessage link;
    std::uint64_t birth;
    std::optional<Link> wire;
  };
  [[nodiscard]] bool has_wire(int index, int depth) const;
  void forget_stacked_links();

  std::map<int, Record> records_;
  std::vector<Present> present_;
  std::optional<std::set<int>> seen_;  // while a dump is taken
  std::uint64_t births_ = 0;
  bool changed_ = false;
  bool listed_ = true;          // is present_ up to date?
  bool stacked_stale_ = false;  // is there anything to forget of bonds and VLANs?
};

}  // namespace weir::netdev_source
