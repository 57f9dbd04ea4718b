// SPDX-License-Identifier: Apache-2.0
#include "sqlite_sink.hpp"

#include <vector>

namespace weir::sqlite_sink {
namespace {

/// The refused rows as they came, with `reason` (a `reason` of their own becomes `own_reason`).
Batch with_reasons(const Batch& batch, const std::vector<Refusal>& refused) {
  std::vector<std::size_t> rows;
  ColumnBuilder reasons({.name = "reason", .type = Type::utf8});
  for (const Refusal& refusal : refused) {
    rows.push_back(refusal.row);
    reasons.append(refusal.reason);
  }
  Batch kept = batch.take(rows);
  if (const Column* own = kept.find("reason")) {
    const Column renamed = own->renamed("own_reason");
    kept = kept.without("reason").with(renamed);
  }
  return kept.with(reasons.build());
}

}  // namespace

void SqliteSink::open(Context& context) {
  context_ = &context;
  store_ = std::make_unique<Store>(options.path, options.busy_timeout);
}

void SqliteSink::consume(const Batch& batch, Output& output) {
  if (batch.empty()) return;
  const std::vector<Refusal> refused = store_->write(batch);
  if (refused.empty()) return;
  context_->count("rejected_rows", refused.size());
  output.emit(with_reasons(batch, refused), rejected_port);
}

void SqliteSink::flush() {
  if (options.synchronous == Synchronous::full) store_->sync();
}

}  // namespace weir::sqlite_sink
