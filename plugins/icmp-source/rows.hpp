// SPDX-License-Identifier: Apache-2.0
// Reports as rows: measurement `icmp`, one a target and interval, and `icmp_probe`, one a probe.
#pragma once

#include <string>
#include <string_view>

#include <weir/batch.hpp>

#include "loss.hpp"
#include "prober.hpp"
#include "rtt_columns.hpp"

namespace weir::icmp_source {

class Rows {
 public:
  Rows();
  /// `unasked`: why nobody was asked, where the row has no address.
  void add(const IntervalRow& row, std::string_view target, std::string_view unasked);
  [[nodiscard]] std::size_t size() const { return builder_.rows(); }
  [[nodiscard]] Batch build() { return builder_.build(); }

 private:
  using Key = BatchBuilder::Key;
  void set_quality(BatchBuilder::Row& row, const Tally& tally) const;
  void set_times(BatchBuilder::Row& row, const Tally& tally) const;
  void set_host(BatchBuilder::Row& row, const Tally& tally) const;

  // In the order of the columns.
  BatchBuilder builder_{"icmp"};
  Key target_, address_, sent_, received_, loss_;
  probing::RttColumns rtt_columns_;
  Key mos_;
  probing::LossColumns loss_columns_;
  Key dropped_, icmp_errors_, icmp_type_, icmp_code_;
  Key deviation_, spread_, ipdv_, r_factor_;
  Key host_stall_, egress_, path_, stalled_, unstamped_, error_;
};

class ProbeRows {
 public:
  ProbeRows();
  void add(const ProbeRow& row, std::string_view target);
  [[nodiscard]] std::size_t size() const { return builder_.rows(); }
  [[nodiscard]] Batch build() { return builder_.build(); }

 private:
  using Key = BatchBuilder::Key;
  BatchBuilder builder_{"icmp_probe"};
  Key target_, address_, number_, outcome_, rtt_, host_stall_, egress_, path_, stalled_;
  Key duplicates_, reordered_, icmp_type_, icmp_code_;
};

}  // namespace weir::icmp_source
