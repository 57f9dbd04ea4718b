// SPDX-License-Identifier: Apache-2.0
#include "rows.hpp"

#include <string>

namespace weir::tcp_source {

Rows::Rows()
    : target_(builder_.tag("target")),
      address_(builder_.tag("address")),
      port_(builder_.tag("port")),
      service_(builder_),
      connect_(builder_.field<double>("connect_ms", "ms")),
      rtt_(builder_.field<double>("rtt_ms", "ms")),
      retransmits_(builder_.field<std::int64_t>("retransmits", "segments")) {}

void Rows::add(const TcpResult& result, const Target& target) {
  auto row = builder_.row(result.label.count());
  row.set(target_, target.label).set(port_, std::to_string(target.place.port));
  if (result.address) row.set(address_, probing::to_text(*result.address));
  service_.set(row, result);
  row.set(connect_, result.connect_ms)
      .set(rtt_, result.rtt_ms)
      .set(retransmits_, result.retransmits);
}

}  // namespace weir::tcp_source
