// SPDX-License-Identifier: Apache-2.0
// Rows of measurement `dns`.
#pragma once

#include <weir/batch.hpp>

#include "dns_prober.hpp"
#include "questions.hpp"
#include "service_ledger.hpp"

namespace weir::dns_source {

class Rows {
 public:
  Rows();
  void add(const probing::ServiceLedger<DnsResult>::Row& given, const Question& question,
           const Server& server);
  [[nodiscard]] bool empty() const { return builder_.empty(); }
  [[nodiscard]] Batch build() { return builder_.build(); }

 private:
  BatchBuilder builder_{"dns"};
  BatchBuilder::Key server_, name_, record_;
  probing::ServiceColumns service_;
  BatchBuilder::Key resolve_, rcode_, answers_, ttl_;
};

}  // namespace weir::dns_source
