// SPDX-License-Identifier: Apache-2.0
#include "rows.hpp"

#include <string>

namespace weir::dns_source {

Rows::Rows()
    : server_(builder_.tag("server")),
      name_(builder_.tag("name")),
      record_(builder_.tag("record")),
      service_(builder_),
      resolve_(builder_.field<double>("resolve_ms", "ms")),
      rcode_(builder_.field<std::string>("rcode")),
      answers_(builder_.field<std::int64_t>("answers", "records")),
      ttl_(builder_.field<std::int64_t>("ttl_s", "s")) {}

void Rows::add(const probing::ServiceLedger<DnsResult>::Row& given, const Question& question,
               const Server& server) {
  auto row = builder_.row(given.label.count());
  row.set(server_, server.label).set(name_, question.name).set(record_, to_text(question.record));
  service_.set(row, given.tally);
  row.set(resolve_, given.tally.rtt.mean_ms());
  const auto& answer = given.summary.answer;
  if (!answer) return;
  row.set(rcode_, rcode_text(answer->rcode))
      .set(answers_, answer->answers)
      .set(ttl_, answer->ttl_s);
}

}  // namespace weir::dns_source
