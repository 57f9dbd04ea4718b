// SPDX-License-Identifier: Apache-2.0
// Rows of measurement `http`.
#pragma once

#include <weir/batch.hpp>

#include "service_ledger.hpp"
#include "transfer.hpp"
#include "urls.hpp"

namespace weir::http_source {

class Rows {
 public:
  Rows();
  void add(const probing::ServiceLedger<HttpResult>::Row& given, const Target& target);
  [[nodiscard]] bool empty() const { return builder_.empty(); }
  [[nodiscard]] Batch build() { return builder_.build(); }

 private:
  BatchBuilder builder_{"http"};
  BatchBuilder::Key target_, address_;
  probing::ServiceColumns service_;
  BatchBuilder::Key status_, bytes_, lookup_, connect_, tls_, first_byte_, total_, certificate_;
};

}  // namespace weir::http_source
