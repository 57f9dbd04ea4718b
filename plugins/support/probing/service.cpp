// SPDX-License-Identifier: Apache-2.0
#include "service.hpp"

#include <array>
#include <cerrno>

namespace weir::probing {

std::string_view to_text(ServiceOutcome outcome) {
  static constexpr std::array<std::string_view, 11> texts{
      "received", "no_name",     "no_data", "rcode",  "refused",   "unreachable",
      "timeout",  "send_failed", "tls",     "status", "bad_answer"};
  return texts[static_cast<std::size_t>(outcome)];
}

ServiceOutcome outcome_of_errno(int error) {
  switch (error) {
    case ECONNREFUSED:
    case ECONNRESET:
      return ServiceOutcome::refused;
    case ETIMEDOUT:
      return ServiceOutcome::timeout;
    case ENETUNREACH:
    case EHOSTUNREACH:
    case ENETDOWN:
    case EHOSTDOWN:
    case EADDRNOTAVAIL:
      return ServiceOutcome::unreachable;
    default:
      return ServiceOutcome::send_failed;
  }
}

ServiceColumns::ServiceColumns(BatchBuilder& builder)
    : sent_(builder.field<std::int64_t>("sent", "probes")),
      received_(builder.field<std::int64_t>("received", "probes")),
      loss_(builder.field<double>("loss_percent", "percent")),
      outcome_(builder.field<std::string>("outcome")),
      error_(builder.field<std::string>("error")),
      rtt_columns_(builder),
      loss_columns_(builder, Replies::one) {}

void ServiceColumns::set(BatchBuilder::Row& row, const ServiceTally& tally) const {
  row.set(sent_, std::int64_t{tally.loss.sent})
      .set(received_, std::int64_t{tally.loss.received})
      .set(loss_, tally.loss.loss_percent())
      .set(outcome_, to_text(tally.outcome));
  if (!tally.error.empty()) row.set(error_, tally.error);
  rtt_columns_.set(row, tally.rtt, tally.loss.received == 0 ? std::nullopt : tally.jitter_ms);
  loss_columns_.set(row, tally.loss);
}

}  // namespace weir::probing
