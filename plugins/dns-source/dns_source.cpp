// SPDX-License-Identifier: Apache-2.0
#include "dns_source.hpp"

namespace weir::dns_source {
void DnsSource::open(Context& context) {
  try {
    plan_ = plan_questions(options.servers, options.names, options.records);
  } catch (const Error& wrong) {
    throw Fatal(wrong.what());
  }
  if (plan_.questions.empty()) {
    context.log(Level::error,
                "there is nothing to ask: give 'names', for example [example.net], and 'records', "
                "for example [A]; the rest of the pipeline runs without this node");
    return;
  }
  run_.start(context, std::make_unique<DnsProber>(plan_, probing::patience(options.timeout)),
             plan_.questions.size(),
             {.interval = options.interval, .count = options.count, .timeout = options.timeout},
             [this](Rows& rows, const probing::ServiceLedger<DnsResult>::Row& row) {
               const Question& question = plan_.questions[row.target];
               rows.add(row, question, plan_.servers[question.server]);
             });
}

}  // namespace weir::dns_source
