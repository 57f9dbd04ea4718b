// SPDX-License-Identifier: Apache-2.0
// Rows as icmp-source and netdev-source send them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <weir/batch.hpp>

namespace weir::qos_scorer::test {

constexpr std::int64_t second = 1'000'000'000;

struct Ping {
  std::int64_t at = 0;  ///< seconds
  std::string target{"a"};
  std::int64_t sent = 1, received = 1;
  std::optional<double> rtt{20.0};
  std::optional<double> jitter{1.0};
};

/// With the columns that every icmp-source has.
inline Batch pings(const std::vector<Ping>& rows) {
  BatchBuilder builder("icmp");
  const auto target = builder.tag("target");
  const auto address = builder.tag("address");
  const auto sent = builder.field<std::int64_t>("sent");
  const auto received = builder.field<std::int64_t>("received");
  const auto loss = builder.field<double>("loss_percent", "percent");
  const auto rtt = builder.field<double>("rtt_avg_ms", "ms");
  const auto jitter = builder.field<double>("jitter_ms", "ms");
  for (const Ping& ping : rows) {
    const double lost = ping.sent == 0 ? 100
                                       : 100.0 * static_cast<double>(ping.sent - ping.received) /
                                             static_cast<double>(ping.sent);
    builder.row(ping.at * second)
        .set(target, ping.target)
        .set(address, "10.0.0.1")
        .set(sent, ping.sent)
        .set(received, ping.received)
        .set(loss, lost)
        .set(rtt, ping.received > 0 ? ping.rtt : std::nullopt)
        .set(jitter, ping.jitter);
  }
  return builder.build();
}

struct Load {
  std::int64_t at = 0;  ///< seconds
  std::string interface { "eth0" };
  std::optional<double> utilization{};
};

inline Batch loads(const std::vector<Load>& rows) {
  BatchBuilder builder("netdev");
  const auto interface = builder.tag("interface");
  const auto used = builder.field<double>("utilization_percent", "percent");
  for (const Load& load : rows)
    builder.row(load.at * second).set(interface, load.interface).set(used, load.utilization);
  return builder.build();
}

}  // namespace weir::qos_scorer::test
