// SPDX-License-Identifier: Apache-2.0
// Samples as rows of measurement `netdev`.
#pragma once

#include <vector>

#include <weir/batch.hpp>
#include <weir/units.hpp>

#include "sampler.hpp"

namespace weir::netdev_source {

/// The columns are made once.
class Rows {
 public:
  Rows();
  [[nodiscard]] Batch of(Timestamp label, const std::vector<Sample>& samples);

 private:
  using Key = BatchBuilder::Key;
  BatchBuilder builder_{"netdev"};
  Key interface_, rx_, tx_, both_, utilization_, rx_packets_, tx_packets_, rx_errors_, tx_errors_,
      rx_drops_, tx_drops_;
};

}  // namespace weir::netdev_source
