// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <weir/node.hpp>

#include <memory>
#include <optional>

#include "line_protocol_encoder.hpp"
#include "options.hpp"
#include "writer.hpp"

namespace weir::influx_sink {

/// Writes rows to InfluxDB 2, InfluxDB 1.x or VictoriaMetrics.
class InfluxSink {
 public:
  static constexpr auto name = "influx-sink";
  static constexpr auto summary = "Writes rows to InfluxDB 1.x or 2 or VictoriaMetrics over HTTP.";
  static constexpr std::string_view details =
      "Rows that the server refuses go to `rejected` with the server's reason; the others are "
      "stored. "
      "While the server is away or busy, rows wait and are sent again. Values of scaled columns "
      "are "
      "written as physical values; rows without any value are counted as `rows_without_fields`.";
  static constexpr auto outputs =
      std::array{port(rejected_port, "Rows that were not stored: line, reason")};

  using Options = influx_sink::Options;
  Options options;

  /// Throws Fatal for options that cannot be meant. Does not connect.
  void open(Context& context);
  /// Sends when there is enough for a request.
  void consume(const Batch& batch, Output& output);
  /// All that was taken in is stored or refused when this returns.
  void flush();
  void finish(Reason reason, Output& output);

 private:
  void emit_refused(Output& output);

  Context* context_ = nullptr;
  std::optional<Writer> writer_;
  rows::LineProtocolEncoder encoder_;
};

}  // namespace weir::influx_sink
