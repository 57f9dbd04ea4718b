// SPDX-License-Identifier: Apache-2.0
#include "rows.hpp"

#include <optional>
#include <system_error>

#include "icmp_error_text.hpp"
#include "voice_quality.hpp"

namespace weir::icmp_source {
namespace {

std::string error_text(const Tally& tally, Family family) {
  if (tally.loss.send_failed > 0)
    return "not sent: " + std::generic_category().message(tally.error);
  return icmp_error_text(family, tally.icmp_type, tally.icmp_code);
}

std::optional<double> jitter_ms(const Tally& tally) {
  if (tally.jitter_ms < 0 || tally.loss.received == 0) return std::nullopt;
  return static_cast<double>(tally.jitter_ms);
}

}  // namespace

Rows::Rows()
    : target_(builder_.tag("target")),
      address_(builder_.tag("address")),
      sent_(builder_.field<std::int64_t>("sent", "probes")),
      received_(builder_.field<std::int64_t>("received", "probes")),
      loss_(builder_.field<double>("loss_percent", "percent")),
      rtt_columns_(builder_),
      mos_(builder_.field<double>("mos")),
      loss_columns_(builder_),
      dropped_(builder_.field<std::int64_t>("receive_dropped", "datagrams")),
      icmp_errors_(builder_.field<std::int64_t>("icmp_errors", "probes")),
      icmp_type_(builder_.field<std::int64_t>("icmp_type")),
      icmp_code_(builder_.field<std::int64_t>("icmp_code")),
      deviation_(builder_.field<double>("rtt_sd_ms", "ms")),
      spread_(builder_.field<double>("rtt_p99_p50_ms", "ms")),
      ipdv_(builder_.field<double>("ipdv_ms", "ms")),
      r_factor_(builder_.field<double>("r_factor")),
      host_stall_(builder_.field<double>("host_stall_ms", "ms")),
      egress_(builder_.field<double>("egress_queue_ms", "ms")),
      path_(builder_.field<double>("path_ms", "ms")),
      stalled_(builder_.field<std::int64_t>("stalled", "probes")),
      unstamped_(builder_.field<std::int64_t>("unstamped", "probes")),
      error_(builder_.field<std::string>("error")) {}

void Rows::add(const IntervalRow& given, std::string_view target, std::string_view unasked) {
  const Tally nothing;
  const Tally& tally = given.tally != nullptr ? *given.tally : nothing;
  auto row = builder_.row(given.label.count());
  row.set(target_, target);
  if (given.address) row.set(address_, to_text(*given.address));
  row.set(sent_, std::int64_t{tally.loss.sent}).set(received_, std::int64_t{tally.loss.received});
  // Of an interval that has only replies to the probes of an earlier one, no share can be told.
  if (tally.loss.sent > 0 || !given.address) {
    row.set(loss_, tally.loss.loss_percent());
    set_quality(row, tally);
  }
  loss_columns_.set(row, tally.loss);
  row.set(dropped_, static_cast<std::int64_t>(given.receive_dropped))
      .set(icmp_errors_, std::int64_t{tally.icmp_errors});
  if (tally.icmp_errors > 0) {
    row.set(icmp_type_, std::int64_t{tally.icmp_type});
    row.set(icmp_code_, std::int64_t{tally.icmp_code});
  }
  set_times(row, tally);
  set_host(row, tally);
  if (!given.address) {
    row.set(error_, unasked);
  } else if (tally.loss.send_failed > 0 || tally.icmp_errors > 0) {
    row.set(error_, error_text(tally, given.address->family));
  }
}

void Rows::set_quality(BatchBuilder::Row& row, const Tally& tally) const {
  const auto quality =
      probing::voice_quality(tally.rtt.mean_ms(), jitter_ms(tally), tally.loss.loss_percent());
  row.set(mos_, quality.mos).set(r_factor_, quality.r);
}

void Rows::set_times(BatchBuilder::Row& row, const Tally& tally) const {
  if (tally.loss.received == 0) return;
  const double p50 = *tally.rtt.percentile_ms(50);
  const double p99 = *tally.rtt.percentile_ms(99);
  rtt_columns_.set(row, tally.rtt, jitter_ms(tally));
  row.set(deviation_, tally.rtt.deviation_ms());
  if (tally.loss.received > 1) row.set(spread_, p99 - p50);
  if (tally.differences > 0) row.set(ipdv_, tally.ipdv_ms.value());
}

void Rows::set_host(BatchBuilder::Row& row, const Tally& tally) const {
  if (tally.loss.sent > 0) row.set(host_stall_, static_cast<double>(tally.host_stall_ms));
  row.set(stalled_, std::int64_t{tally.stalled})
      .set(unstamped_, std::int64_t{tally.loss.received} - tally.stamped);
  if (tally.stamped == 0) return;
  row.set(egress_, tally.egress_queue_ms.value()).set(path_, tally.path_ms.value());
}

ProbeRows::ProbeRows()
    : target_(builder_.tag("target")),
      address_(builder_.tag("address")),
      number_(builder_.field<std::int64_t>("probe")),
      outcome_(builder_.field<std::string>("outcome")),
      rtt_(builder_.field<double>("rtt_ms", "ms")),
      host_stall_(builder_.field<double>("host_stall_ms", "ms")),
      egress_(builder_.field<double>("egress_queue_ms", "ms")),
      path_(builder_.field<double>("path_ms", "ms")),
      stalled_(builder_.field<bool>("stalled")),
      duplicates_(builder_.field<std::int64_t>("duplicates", "replies")),
      reordered_(builder_.field<bool>("reordered")),
      icmp_type_(builder_.field<std::int64_t>("icmp_type")),
      icmp_code_(builder_.field<std::int64_t>("icmp_code")) {}

void ProbeRows::add(const ProbeRow& given, std::string_view target) {
  auto row = builder_.row(given.sent_utc.count());
  row.set(target_, target);
  if (given.address) row.set(address_, to_text(*given.address));
  row.set(number_, std::int64_t{given.number})
      .set(outcome_, probing::to_text(given.outcome))
      .set(rtt_, given.rtt_ms)
      .set(host_stall_, given.host_stall_ms)
      .set(egress_, given.egress_queue_ms)
      .set(path_, given.path_ms)
      .set(stalled_, given.stalled)
      .set(duplicates_, std::int64_t{given.detail.duplicates})
      .set(reordered_, given.detail.reordered);
  if (given.detail.icmp_type == 0) return;
  row.set(icmp_type_, std::int64_t{given.detail.icmp_type})
      .set(icmp_code_, std::int64_t{given.detail.icmp_code});
}

}  // namespace weir::icmp_source
