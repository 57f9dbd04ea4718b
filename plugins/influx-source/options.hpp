// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The options of the source.

#include <weir/options.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "endpoint.hpp"
#include "history.hpp"

namespace weir::influx_source {

struct Options : influx::ServerOptions {
  std::vector<std::string> measurements{"*"};
  std::vector<std::string> wanted_fields{"*"};
  TagFilter tags;
  std::optional<Timestamp> since;
  std::optional<Duration> last;
  Duration start_timeout = std::chrono::seconds(30);
  std::int64_t batch_rows = 4096;

  static constexpr auto fields = std::tuple_cat(
      influx::server_fields<Options>(),
      std::tuple{
          field(&Options::measurements, "measurements", "Names or patterns of measurements"),
          field(&Options::wanted_fields, "fields", "Names or patterns of fields"),
          field(&Options::tags, "tags",
                "Only series whose tags fit these patterns, by name of tag"),
          field(&Options::since, "since",
                "Only rows of this time or later; v2: from 1970 on unless set"),
          field(&Options::last, "last", "Only rows that are not older than this, counted from now")
              .min(Duration{1}),
          field(&Options::start_timeout, "start_timeout",
                "How long a server that does not answer is asked again before the run goes on "
                "without its history")
              .range(Duration{0}, std::chrono::hours(24)),
          field(&Options::batch_rows, "batch_rows", "Rows that are asked for at a time")
              .range(1, 100'000)
              .unit("rows")});
};

}  // namespace weir::influx_source
