// SPDX-License-Identifier: Apache-2.0
// What was measured of one target in one step, to a score and the reason for it. Pure; README.md
// has the formula and its sources.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace weir::qos_scorer {

/// Of one target over one step. Absent: not measured.
struct Measured {
  double sent = 0;  ///< probes that the network saw
  double received = 0;
  double loss_percent = 100;
  std::optional<double> rtt_ms{};
  std::optional<double> jitter_ms{};
  /// Of rtt_ms, what kernel stamps say of it: waiting in this machine's own send queue, and the
  /// path behind. The rest is this machine's own delay.
  std::optional<double> egress_queue_ms{};
  std::optional<double> path_ms{};
  std::optional<double> host_stall_ms{};  ///< how late this machine was, at worst
  double receive_dropped = 0;             ///< replies that this machine itself dropped
  std::optional<double> utilization_percent{};
  std::optional<double> latency_under_load_ms{};

  /// The round trip without the delay of this machine's own programs, where that is known.
  [[nodiscard]] std::optional<double> network_ms() const;
};

/// Where good ends.
struct Limits {
  double loss_percent = 1;
  double rtt_ms = 200;
  double jitter_ms = 50;
  double utilization_percent = 90;
  double latency_under_load_ms = 60;
  double egress_queue_ms = 20;
  double host_stall_ms = 50;
};

enum class Reason : std::uint8_t {
  ok,
  uplink_full,
  host_stalled,
  path_lossy,
  path_slow,
  path_jittery,
  target_gone,
  not_sent
};
[[nodiscard]] std::string_view to_text(Reason reason);

struct Verdict {
  double score = 0;  ///< 0 to 100
  Reason reason = Reason::not_sent;
  double r_factor = 0;  ///< 0 to 93.2
  double mos = 1;       ///< 1 to 4.5
};

[[nodiscard]] Verdict judge(const Measured& measured, const Limits& limits);

}  // namespace weir::qos_scorer
