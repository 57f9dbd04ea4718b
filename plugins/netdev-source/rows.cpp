// SPDX-License-Identifier: Apache-2.0
#include "rows.hpp"

namespace weir::netdev_source {

Rows::Rows()
    : interface_(builder_.tag("interface")),
      rx_(builder_.field<double>("rx_mbps", "Mbit/s")),
      tx_(builder_.field<double>("tx_mbps", "Mbit/s")),
      both_(builder_.field<double>("bandwidth_mbps", "Mbit/s")),
      utilization_(builder_.field<double>("utilization_percent", "percent")),
      rx_packets_(builder_.field<double>("rx_packets_per_s", "1/s")),
      tx_packets_(builder_.field<double>("tx_packets_per_s", "1/s")),
      rx_errors_(builder_.field<double>("rx_errors_per_s", "1/s")),
      tx_errors_(builder_.field<double>("tx_errors_per_s", "1/s")),
      rx_drops_(builder_.field<double>("rx_drops_per_s", "1/s")),
      tx_drops_(builder_.field<double>("tx_drops_per_s", "1/s")) {}

Batch Rows::of(Timestamp label, const std::vector<Sample>& samples) {
  for (const auto& [interface, rates, utilization] : samples) {
    auto row = builder_.row(label.time_since_epoch().count());
    row.set(interface_, interface);
    if (!rates) continue;
    row.set(rx_, rates->rx_mbps)
        .set(tx_, rates->tx_mbps)
        .set(both_, rates->bandwidth_mbps())
        .set(utilization_, utilization)
        .set(rx_packets_, rates->rx_packets_per_s)
        .set(tx_packets_, rates->tx_packets_per_s)
        .set(rx_errors_, rates->rx_errors_per_s)
        .set(tx_errors_, rates->tx_errors_per_s)
        .set(rx_drops_, rates->rx_drops_per_s)
        .set(tx_drops_, rates->tx_drops_per_s);
  }
  return builder_.build();
}

}  // namespace weir::netdev_source
