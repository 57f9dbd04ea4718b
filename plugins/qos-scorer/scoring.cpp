// SPDX-License-Identifier: Apache-2.0
#include "scoring.hpp"

#include <algorithm>
#include <array>

#include "voice_quality.hpp"
namespace weir::qos_scorer {
namespace {

bool reaches(const std::optional<double>& value, double limit) { return value && *value >= limit; }

Reason reason_of(const Measured& measured, const Limits& limits) {
  if (measured.sent <= 0) return Reason::not_sent;
  const bool lossy = measured.loss_percent >= limits.loss_percent;
  const bool dropped_here = lossy && measured.receive_dropped > 0;
  if (measured.received <= 0) return dropped_here ? Reason::host_stalled : Reason::target_gone;

  const bool slow = reaches(measured.network_ms(), limits.rtt_ms);
  const bool slow_here = reaches(measured.rtt_ms, limits.rtt_ms) && !slow;
  const bool jittery = reaches(measured.jitter_ms, limits.jitter_ms);
  // With stamps of the kernel a slow network is known to be one, however late this machine was.
  const bool stamped = measured.path_ms.has_value();
  const bool stalled = reaches(measured.host_stall_ms, limits.host_stall_ms);
  if (dropped_here || slow_here || (stalled && (jittery || (slow && !stamped))))
    return Reason::host_stalled;

  const bool swollen = reaches(measured.latency_under_load_ms, limits.latency_under_load_ms);
  const bool full = reaches(measured.utilization_percent, limits.utilization_percent);
  if (reaches(measured.egress_queue_ms, limits.egress_queue_ms) ||
      (full && (lossy || slow || jittery || swollen)))
    return Reason::uplink_full;

  if (lossy) return Reason::path_lossy;
  if (slow) return Reason::path_slow;
  if (jittery) return Reason::path_jittery;
  return Reason::ok;
}

}  // namespace

std::optional<double> Measured::network_ms() const {
  if (!path_ms) return rtt_ms;
  const double network = *path_ms + egress_queue_ms.value_or(0);
  return rtt_ms ? std::min(network, *rtt_ms) : network;
}

std::string_view to_text(Reason reason) {
  static constexpr std::array<std::string_view, 8> texts{
      "ok",        "uplink full",  "host stalled", "path lossy",
      "path slow", "path jittery", "target gone",  "not sent"};
  return texts.at(static_cast<std::size_t>(reason));
}

Verdict judge(const Measured& measured, const Limits& limits) {
  Verdict verdict{.reason = reason_of(measured, limits)};
  if (measured.sent <= 0 || measured.received <= 0) return verdict;
  const double one_way_ms =
      measured.network_ms().value_or(0) / 2 + 2 * measured.jitter_ms.value_or(0);
  verdict.r_factor =
      std::clamp(probing::r_factor(one_way_ms, measured.loss_percent), 0.0, probing::best_r);
  verdict.mos = probing::mos_of(verdict.r_factor);
  verdict.score = 100 * verdict.r_factor / probing::best_r;
  return verdict;
}

}  // namespace weir::qos_scorer
