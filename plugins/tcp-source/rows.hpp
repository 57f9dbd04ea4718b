// SPDX-License-Identifier: Apache-2.0
// Rows of measurement `tcp`.
#pragma once

#include <weir/batch.hpp>

#include "service_ledger.hpp"
#include "targets.hpp"
#include "tcp_prober.hpp"

namespace weir::tcp_source {

class Rows {
 public:
  Rows();
  void add(const probing::ServiceLedger<TcpResult>::Row& given, const Target& target);
  [[nodiscard]] bool empty() const { return builder_.empty(); }
  [[nodiscard]] Batch build() { return builder_.build(); }

 private:
  BatchBuilder builder_{"tcp"};
  BatchBuilder::Key target_, address_, port_;
  probing::ServiceColumns service_;
  BatchBuilder::Key connect_, handshake_, retransmits_;
};

}  // namespace weir::tcp_source
