// SPDX-License-Identifier: Apache-2.0
// The columns of round trips, under one name for all probes.
#pragma once

#include <optional>

#include <weir/batch.hpp>

#include "statistics.hpp"

namespace weir::probing {

/// rtt_min_ms, rtt_avg_ms, rtt_p50_ms, rtt_p95_ms, rtt_p99_ms, rtt_max_ms, jitter_ms.
class RttColumns {
 public:
  explicit RttColumns(BatchBuilder& builder);
  /// Null where there are no round trips.
  void set(BatchBuilder::Row& row, const Distribution& rtt, std::optional<double> jitter_ms) const;

 private:
  BatchBuilder::Key min_, avg_, p50_, p95_, p99_, max_, jitter_;
};

}  // namespace weir::probing
