// SPDX-License-Identifier: Apache-2.0
// The counters of one interface, wherever they were read.
#pragma once

#include <chrono>
#include <cstdint>

namespace weir::netdev_source {

using Nanos = std::chrono::nanoseconds;

/// Totals since the interface came up, or since its driver last set them back. Drops of the
/// receiving side include what the hardware missed, as in /proc/net/dev.
struct Counters {
  std::uint64_t rx_bytes = 0, rx_packets = 0, rx_errors = 0, rx_drops = 0;
  std::uint64_t tx_bytes = 0, tx_packets = 0, tx_errors = 0, tx_drops = 0;
  friend bool operator==(const Counters&, const Counters&) = default;
};

/// One reading of one interface.
struct Measured {
  int index = 0;  ///< the kernel's number of the interface: stays when its name changes
  Nanos at{};     ///< on the monotonic clock
  Counters counters;
};

}  // namespace weir::netdev_source
