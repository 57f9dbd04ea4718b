// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The node: what a server holds, and its end. What it does stands in README.md.

#include <array>
#include <memory>
#include <optional>
#include <string_view>

#include <weir/node.hpp>

#include "history.hpp"
#include "options.hpp"
#include "query_client.hpp"

namespace weir::influx_source {

class InfluxSource {
 public:
  static constexpr auto name = "influx-source";
  static constexpr auto summary = "Reads rows from InfluxDB 1.x or 2 over HTTP, and ends.";
  static constexpr std::string_view details =
      "Measurements come one after the other, each in the order of time: by InfluxQL from version "
      "1, by Flux from version 2. A database, bucket or measurement that is not there yet is an "
      "empty history; so, after `start_timeout` and with a warning, is a server that does not "
      "answer. InfluxDB keeps no units and no nulls; times in fields are integers.";
  static constexpr auto outputs = std::array{
      port("out", "The rows"), port(rejected_port,
                                    "Rows of an answer that cannot be used: path, line, text, "
                                    "reason")};

  using Options = influx_source::Options;
  Options options;

  /// Throws Fatal for options that cannot be meant. Does not connect.
  void open(Context& context);
  /// One request a call.
  [[nodiscard]] Next produce(Output& output);

 private:
  [[nodiscard]] std::unique_ptr<History> make_history();
  [[nodiscard]] Next ask_again(const RetryLater& trouble);

  Context* context_ = nullptr;
  std::unique_ptr<QueryClient> client_;
  std::unique_ptr<History> history_;
  bool ended_ = false;
  std::optional<Duration> troubled_since_;  ///< monotonic
};

}  // namespace weir::influx_source
