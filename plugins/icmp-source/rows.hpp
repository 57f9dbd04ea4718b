// SPDX-License-Identifier: Apache-2.0
// Reports as rows of measurement `icmp`: time is the beginning of the interval.
#pragma once

#include <string>
#include <vector>

#include <weir/batch.hpp>

#include "prober.hpp"

namespace weir::icmp_source {

class Rows {
 public:
  /// `targets`: what the user calls them, by index.
  explicit Rows(std::vector<std::string> targets);
  [[nodiscard]] Batch of(const IntervalReport& report);

 private:
  using Key = BatchBuilder::Key;
  std::vector<std::string> targets_;
  BatchBuilder builder_{"icmp"};
  Key target_, address_, sent_, received_, loss_, min_, avg_, p50_, p95_, p99_, max_, jitter_, mos_;
};

}  // namespace weir::icmp_source
