// SPDX-License-Identifier: Apache-2.0
// The counters of /proc/net/dev (proc_pid_net(5)). Pure: text in, values out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace weir::netdev_source {

/// Totals since the interface came up, or since its driver last set them back.
struct Counters {
  std::uint64_t rx_bytes = 0, rx_packets = 0, rx_errors = 0, rx_drops = 0;
  std::uint64_t tx_bytes = 0, tx_packets = 0, tx_errors = 0, tx_drops = 0;
  friend bool operator==(const Counters&, const Counters&) = default;
};

struct Interface {
  std::string name;
  Counters counters;
};

struct InterfaceTable {
  std::vector<Interface> interfaces;  ///< in the order of the file
  std::size_t malformed_lines = 0;    ///< left out

  [[nodiscard]] const Interface* find(std::string_view name) const;
};

[[nodiscard]] InterfaceTable parse_proc_net_dev(std::string_view text);

}  // namespace weir::netdev_source
