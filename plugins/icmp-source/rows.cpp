// SPDX-License-Identifier: Apache-2.0
#include "rows.hpp"

#include <utility>

namespace weir::icmp_source {

Rows::Rows(std::vector<std::string> targets)
    : targets_(std::move(targets)),
      target_(builder_.tag("target")),
      address_(builder_.tag("address")),
      sent_(builder_.field<std::int64_t>("sent", "probes")),
      received_(builder_.field<std::int64_t>("received", "probes")),
      loss_(builder_.field<double>("loss_percent", "percent")),
      min_(builder_.field<double>("rtt_min_ms", "ms")),
      avg_(builder_.field<double>("rtt_avg_ms", "ms")),
      p50_(builder_.field<double>("rtt_p50_ms", "ms")),
      p95_(builder_.field<double>("rtt_p95_ms", "ms")),
      p99_(builder_.field<double>("rtt_p99_ms", "ms")),
      max_(builder_.field<double>("rtt_max_ms", "ms")),
      jitter_(builder_.field<double>("jitter_ms", "ms")),
      mos_(builder_.field<double>("mos")) {}

Batch Rows::of(const IntervalReport& report) {
  for (const auto& [target, address, summary] : report.rows) {
    auto row = builder_.row(report.label.count());
    row.set(target_, targets_[target]);
    if (address) row.set(address_, to_text(*address));
    row.set(sent_, summary.sent)
        .set(received_, summary.received)
        .set(loss_, summary.loss_percent)
        .set(min_, summary.rtt_min_ms)
        .set(avg_, summary.rtt_avg_ms)
        .set(p50_, summary.rtt_p50_ms)
        .set(p95_, summary.rtt_p95_ms)
        .set(p99_, summary.rtt_p99_ms)
        .set(max_, summary.rtt_max_ms)
        .set(jitter_, summary.jitter_ms)
        .set(mos_, summary.mos);
  }
  return builder_.build();
}

}  // namespace weir::icmp_source
