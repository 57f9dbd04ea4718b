// SPDX-License-Identifier: Apache-2.0
#include "influx_sink.hpp"

#include <utility>
#include <vector>

namespace weir::influx_sink {

void InfluxSink::open(Context& context) {
  context_ = &context;
  const influx::Endpoint endpoint = influx::endpoint_of(options);
  influx::HttpUse use{.url = write_url(endpoint, options),
                      .content_type = "text/plain; charset=utf-8",
                      .agent = "weir-influx-sink/1"};
  writer_.emplace(influx::make_http_client(endpoint, std::move(use)), endpoint.api,
                  shown_write_url(endpoint), options.gzip,
                  static_cast<std::size_t>(options.max_body.count));
}

void InfluxSink::consume(const Batch& batch, Output& output) {
  // Sending comes first: if it fails, this batch has not been taken in and may be given again.
  if (writer_->text().size() >= static_cast<std::size_t>(options.max_body.count))
    writer_->send_all();
  const rows::LeftOut left_out = encoder_.encode(batch, writer_->text(), writer_->ends());
  emit_refused(output);
  if (left_out.without_field > 0) context_->count("rows_without_fields", left_out.without_field);
  if (left_out.unusable.empty()) return;
  context_->count("rejected_rows", left_out.unusable.size());
  output.emit(rows::unusable_rows(batch, left_out));
}

void InfluxSink::flush() { writer_->send_all(); }

void InfluxSink::finish(Reason /*reason*/, Output& output) {
  writer_->send_all();
  emit_refused(output);
}

void InfluxSink::emit_refused(Output& output) {
  const std::vector<RefusedLine> refused = writer_->take_refused();
  if (refused.empty()) return;
  BatchBuilder rows("rejected_rows");
  const auto line = rows.field<std::string>("line");
  const auto reason = rows.field<std::string>("reason");
  const std::int64_t now = context_->now().time_since_epoch().count();
  for (const RefusedLine& row : refused) rows.row(now).set(line, row.line).set(reason, row.reason);
  context_->count("rejected_rows", refused.size());
  output.emit(rows.build());
}

}  // namespace weir::influx_sink
