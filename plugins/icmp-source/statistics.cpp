// SPDX-License-Identifier: Apache-2.0
#include "statistics.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace weir::icmp_source {
namespace {

double to_ms(Nanos time) { return static_cast<double>(time.count()) / 1e6; }

double sixth_root_of_one_plus_sixth_power(double x) {
  return std::pow(1 + std::pow(x, 6), 1.0 / 6);
}

}  // namespace

void Jitter::add(Nanos round_trip) {
  if (replies_ > 0) {
    const double difference = std::abs(static_cast<double>((round_trip - previous_).count()));
    estimate_ns_ += (difference - estimate_ns_) / 16;
  }
  previous_ = round_trip;
  replies_ = std::min(replies_ + 1, 2);
}

std::optional<double> Jitter::milliseconds() const {
  if (replies_ < 2) return std::nullopt;
  return estimate_ns_ / 1e6;
}

Nanos percentile(std::span<const Nanos> ascending, double percent) {
  const auto size = static_cast<double>(ascending.size());
  // Divided last: 0.95 · 20 is 19.000000000000004 in binary and would round up one rank too far.
  const auto rank = static_cast<std::size_t>(std::ceil(percent * size / 100));
  return ascending[std::clamp<std::size_t>(rank, 1, ascending.size()) - 1];
}

double r_factor(double one_way_ms, double loss_percent) {
  double delay_impairment = 0;
  if (one_way_ms > 100) {
    const double x = std::log2(one_way_ms / 100);
    delay_impairment = 25 * (sixth_root_of_one_plus_sixth_power(x) -
                             3 * sixth_root_of_one_plus_sixth_power(x / 3) + 2);
  }
  const double loss_impairment = 95 * loss_percent / (loss_percent + 25.1);
  return 93.2 - delay_impairment - loss_impairment;
}

double mos_of(double r) {
  if (r <= 0) return 1;
  if (r >= 100) return 4.5;
  // The polynomial dips below 1 for R < 6.5; the scale does not.
  return std::max(1.0, 1 + 0.035 * r + 7e-6 * r * (r - 60) * (100 - r));
}

Summary summarize(std::int64_t sent, std::span<Nanos> round_trips,
                  std::optional<double> jitter_ms) {
  Summary summary;
  summary.sent = sent;
  summary.received = static_cast<std::int64_t>(round_trips.size());
  if (round_trips.empty()) return summary;
  std::sort(round_trips.begin(), round_trips.end());
  const Nanos total = std::accumulate(round_trips.begin(), round_trips.end(), Nanos{});
  summary.loss_percent =
      100.0 * static_cast<double>(sent - summary.received) / static_cast<double>(sent);
  summary.rtt_min_ms = to_ms(round_trips.front());
  summary.rtt_avg_ms = to_ms(total) / static_cast<double>(round_trips.size());
  summary.rtt_p50_ms = to_ms(percentile(round_trips, 50));
  summary.rtt_p95_ms = to_ms(percentile(round_trips, 95));
  summary.rtt_p99_ms = to_ms(percentile(round_trips, 99));
  summary.rtt_max_ms = to_ms(round_trips.back());
  summary.jitter_ms = jitter_ms;
  const double one_way_ms = *summary.rtt_avg_ms / 2 + 2 * jitter_ms.value_or(0);
  summary.mos = mos_of(r_factor(one_way_ms, summary.loss_percent));
  return summary;
}

}  // namespace weir::icmp_source
