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
      handshake_(builder_.field<double>("handshake_ms", "ms")),
      retransmits_(builder_.field<std::int64_t>("retransmits", "segments")) {}

void Rows::add(const probing::ServiceLedger<TcpResult>::Row& given, const Target& target) {
  auto row = builder_.row(given.label.count());
  row.set(target_, target.label).set(port_, std::to_string(target.place.port));
  if (given.summary.address) row.set(address_, probing::to_text(*given.summary.address));
  service_.set(row, given.tally);
  row.set(connect_, given.tally.rtt.mean_ms())
      .set(handshake_, given.summary.handshake_ms.value())
      .set(retransmits_, given.summary.retransmits);
}

}  // namespace weir::tcp_source
