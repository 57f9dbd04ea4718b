// SPDX-License-Identifier: Apache-2.0
// Two readings of the counters to rates over the time that really went by. Bits are decimal:
// 1 Mbit/s = 1 000 000 bit/s.
#pragma once

#include <optional>

#include "counters.hpp"

namespace weir::netdev_source {

struct Rates {
  double rx_mbps, tx_mbps;
  double rx_packets_per_s, tx_packets_per_s;
  double rx_errors_per_s, tx_errors_per_s;
  double rx_drops_per_s, tx_drops_per_s;
  bool wrapped = false;  ///< a 32-bit byte counter went round

  [[nodiscard]] double bandwidth_mbps() const { return rx_mbps + tx_mbps; }
};

/// Nothing where a counter fell: it was reset, and what passed before the reset is not known. Only
/// one case of falling is no reset but the wrap of a counter that is 32 bits wide: a byte counter
/// fell from the upper half of 2³² while the packets of its direction rose, and the bytes per
/// packet, taken modulo 2³², are such as packets have (14 to 65 575). Needs elapsed > 0.
[[nodiscard]] std::optional<Rates> rates_between(const Counters& before, const Counters& after,
                                                 Nanos elapsed);

/// What the operating system says of the wire.
struct Link {
  std::optional<double> speed_mbps{};  ///< absent: virtual, down, or not told
  bool half_duplex = false;
  /// What the line behind the wire carries, where that is less: told by the user, not by a driver.
  std::optional<double> line_rx_mbps{}, line_tx_mbps{};
};

/// Full duplex: the busier direction; half duplex: both share the wire. A line's own speed counts
/// before that of the wire. Absent where no speed is known.
[[nodiscard]] std::optional<double> utilization_percent(const Rates& rates, const Link& link);

}  // namespace weir::netdev_source
