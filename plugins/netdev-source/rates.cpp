// SPDX-License-Identifier: Apache-2.0
#include "rates.hpp"

#include <algorithm>
#include <cstdint>

namespace weir::netdev_source {
namespace {

constexpr std::uint64_t two_to_32 = std::uint64_t{1} << 32;
// An Ethernet header; a maximal IPv6 packet as segmentation offload counts it.
constexpr std::uint64_t smallest_packet = 14;
constexpr std::uint64_t largest_packet = 65'575;

std::optional<std::uint64_t> rise(std::uint64_t before, std::uint64_t after) {
  if (after < before) return std::nullopt;
  return after - before;
}

// Bytes of one direction; sets `wrapped` where a wrap is proven.
std::optional<std::uint64_t> rise_of_bytes(std::uint64_t before, std::uint64_t after,
                                           std::uint64_t packets, bool& wrapped) {
  if (after >= before) return after - before;
  // From the lower half it would have to rise by 2 GiB between two readings to come round.
  if (before >= two_to_32 || before < two_to_32 / 2 || packets == 0) return std::nullopt;
  const std::uint64_t bytes = two_to_32 - before + after;
  const std::uint64_t per_packet = bytes / packets;
  if (per_packet < smallest_packet || per_packet > largest_packet) return std::nullopt;
  wrapped = true;
  return bytes;
}

}  // namespace

std::optional<Rates> rates_between(const Counters& before, const Counters& after, Nanos elapsed) {
  const auto rx_packets = rise(before.rx_packets, after.rx_packets);
  const auto tx_packets = rise(before.tx_packets, after.tx_packets);
  const auto rx_errors = rise(before.rx_errors, after.rx_errors);
  const auto tx_errors = rise(before.tx_errors, after.tx_errors);
  const auto rx_drops = rise(before.rx_drops, after.rx_drops);
  const auto tx_drops = rise(before.tx_drops, after.tx_drops);
  if (!rx_packets || !tx_packets || !rx_errors || !tx_errors || !rx_drops || !tx_drops) {
    return std::nullopt;
  }
  bool wrapped = false;
  const auto rx_bytes = rise_of_bytes(before.rx_bytes, after.rx_bytes, *rx_packets, wrapped);
  const auto tx_bytes = rise_of_bytes(before.tx_bytes, after.tx_bytes, *tx_packets, wrapped);
  if (!rx_bytes || !tx_bytes) return std::nullopt;
  const double seconds = std::chrono::duration<double>(elapsed).count();
  const auto per_second = [&](std::uint64_t amount) {
    return static_cast<double>(amount) / seconds;
  };
  return Rates{.rx_mbps = per_second(*rx_bytes) * 8 / 1e6,
               .tx_mbps = per_second(*tx_bytes) * 8 / 1e6,
               .rx_packets_per_s = per_second(*rx_packets),
               .tx_packets_per_s = per_second(*tx_packets),
               .rx_errors_per_s = per_second(*rx_errors),
               .tx_errors_per_s = per_second(*tx_errors),
               .rx_drops_per_s = per_second(*rx_drops),
               .tx_drops_per_s = per_second(*tx_drops),
               .wrapped = wrapped};
}

std::optional<double> utilization_percent(const Rates& rates, const Link& link) {
  std::optional<double> busiest;
  const auto look_at = [&](double used, std::optional<double> speed) {
    if (speed) busiest = std::max(busiest.value_or(0), 100 * used / *speed);
  };
  const bool shared = link.half_duplex && link.speed_mbps;
  if (shared) look_at(rates.bandwidth_mbps(), link.speed_mbps);
  look_at(rates.rx_mbps, link.line_rx_mbps ? link.line_rx_mbps : link.speed_mbps);
  look_at(rates.tx_mbps, link.line_tx_mbps ? link.line_tx_mbps : link.speed_mbps);
  return busiest;
}

}  // namespace weir::netdev_source
