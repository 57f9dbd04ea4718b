// SPDX-License-Identifier: Apache-2.0
#include "rtt_columns.hpp"

namespace weir::probing {

RttColumns::RttColumns(BatchBuilder& builder)
    : min_(builder.field<double>("rtt_min_ms", "ms")),
      avg_(builder.field<double>("rtt_avg_ms", "ms")),
      p50_(builder.field<double>("rtt_p50_ms", "ms")),
      p95_(builder.field<double>("rtt_p95_ms", "ms")),
      p99_(builder.field<double>("rtt_p99_ms", "ms")),
      max_(builder.field<double>("rtt_max_ms", "ms")),
      jitter_(builder.field<double>("jitter_ms", "ms")) {}

void RttColumns::set(BatchBuilder::Row& row, const Distribution& rtt,
                     std::optional<double> jitter_ms) const {
  row.set(min_, rtt.min_ms())
      .set(avg_, rtt.mean_ms())
      .set(p50_, rtt.percentile_ms(50))
      .set(p95_, rtt.percentile_ms(95))
      .set(p99_, rtt.percentile_ms(99))
      .set(max_, rtt.max_ms())
      .set(jitter_, jitter_ms);
}

}  // namespace weir::probing
