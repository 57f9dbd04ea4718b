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

void Rows::add(const HttpResult& result, const Target& target) {
  auto row = builder_.row(result.label.count());
  row.set(target_, target.label);
  if (!result.address.empty()) row.set(address_, result.address);
  service_.set(row, result);
  row.set(status_, result.status)
      .set(bytes_, result.bytes)
      .set(lookup_, result.lookup_ms)
      .set(connect_, result.connect_ms)
      .set(tls_, result.tls_ms)
      .set(first_byte_, result.first_byte_ms)
      .set(total_, result.total_ms)
      .set(certificate_, result.certificate_days);
}

}  // namespace weir::http_source
