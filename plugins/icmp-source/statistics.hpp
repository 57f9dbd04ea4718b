// SPDX-License-Identifier: Apache-2.0
// The figures of one target over one interval, each after its definition:
//   loss        RFC 2681 applied to echo: a probe without a reply inside the timeout is lost
//   percentile  nearest rank: the smallest reply time that at least p % of the replies do not
//               exceed, so every figure is a reply time that was seen
//   jitter      RFC 3550 §6.4.1: J += (|D| − J) / 16 over consecutive replies in order of arrival.
//               D is the difference of two round trips (RFC 3550 has one-way transits).
//   R and MOS   ITU-T G.107 with its default values, an estimate because the delay is half a round
//               trip, not a measured one-way delay:
//                 Ta  = rtt_avg / 2 + 2 · jitter        (the second term is the jitter buffer)
//                 Idd = 0                                               for Ta ≤ 100 ms, else
//                       25 · ((1 + X⁶)^⅙ − 3 · (1 + (X/3)⁶)^⅙ + 2),     X = log2(Ta / 100 ms)
//                 Ie,eff = 95 · Ppl / (Ppl + 25.1)      (G.113: G.711 with loss concealment,
//                                                       Ie = 0, Bpl = 25.1, random loss)
//                 R   = 93.2 − Idd − Ie,eff             (no echo, default noise and levels)
//                 MOS = 1 + 0.035 R + 7·10⁻⁶ R (R − 60)(100 − R), between 1 and 4.5 (Annex B)
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>

namespace weir::icmp_source {

using Nanos = std::chrono::nanoseconds;

/// Round trips in milliseconds; absent where nothing was received.
struct Summary {
  std::int64_t sent = 0;
  std::int64_t received = 0;
  double loss_percent = 100;  ///< 100 where nothing could be sent
  std::optional<double> rtt_min_ms, rtt_avg_ms, rtt_p50_ms, rtt_p95_ms, rtt_p99_ms, rtt_max_ms;
  std::optional<double> jitter_ms;  ///< absent before a second reply
  double mos = 1;                   ///< 1 where nothing came back
};

/// Running estimate over the life of a target.
class Jitter {
 public:
  void add(Nanos round_trip);
  /// Absent before two replies.
  [[nodiscard]] std::optional<double> milliseconds() const;

 private:
  double estimate_ns_ = 0;
  Nanos previous_{};
  int replies_ = 0;
};

/// Nearest rank of `percent` in (0, 100] over ascending values; at least one value.
[[nodiscard]] Nanos percentile(std::span<const Nanos> ascending, double percent);

/// R of the E-model, at most 93.2; below 0 when nothing can be understood.
[[nodiscard]] double r_factor(double one_way_ms, double loss_percent);
[[nodiscard]] double mos_of(double r_factor);

/// Sorts `round_trips` in place (one value a reply).
[[nodiscard]] Summary summarize(std::int64_t sent, std::span<Nanos> round_trips,
                                std::optional<double> jitter_ms);

}  // namespace weir::icmp_source
