// SPDX-License-Identifier: Apache-2.0
#include "rows.hpp"

namespace weir::http_source {

Rows::Rows()
    : target_(builder_.tag("target")),
      address_(builder_.tag("address")),
      service_(builder_),
      status_(builder_.field<std::int64_t>("status")),
      bytes_(builder_.field<std::int64_t>("bytes", "bytes")),
      lookup_(builder_.field<double>("lookup_ms", "ms")),
      connect_(builder_.field<double>("connect_ms", "ms")),
      tls_(builder_.field<double>("tls_ms", "ms")),
      first_byte_(builder_.field<double>("first_byte_ms", "ms")),
      total_(builder_.field<double>("total_ms", "ms")),
      certificate_(builder_.field<double>("certificate_days", "d")) {}

void Rows::add(const probing::ServiceLedger<HttpResult>::Row& given, const Target& target) {
  const HttpResult::Summary& all = given.summary;
  auto row = builder_.row(given.label.count());
  row.set(target_, target.label);
  if (!all.address.empty()) row.set(address_, all.address);
  service_.set(row, given.tally);
  row.set(status_, all.status)
      .set(bytes_, all.bytes)
      .set(lookup_, all.lookup_ms.value())
      .set(connect_, all.connect_ms.value())
      .set(tls_, all.tls_ms.value())
      .set(first_byte_, all.first_byte_ms.value())
      .set(total_, given.tally.rtt.mean_ms())
      .set(certificate_, all.certificate_days);
}

}  // namespace weir::http_source
