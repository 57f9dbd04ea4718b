// SPDX-License-Identifier: Apache-2.0
#pragma once
/// What the answer to a write means.
/// InfluxDB 2: https://docs.influxdata.com/influxdb/v2/api/#operation/PostWrite
/// InfluxDB 1.x: https://docs.influxdata.com/influxdb/v1/tools/api/#write-http-endpoint

#include <cstddef>
#include <string>
#include <string_view>

#include "http_client.hpp"
#include "options.hpp"

namespace weir::influx_sink {

using influx::HttpAnswer;
using influx::HttpClient;

struct Verdict {
  enum class Action : std::uint8_t {
    stored,   ///< all of it
    partial,  ///< the good rows are stored, never to be sent again; some are not
    refused,  ///< nothing is stored because some row is bad
    smaller,  ///< nothing is stored; half as much may do
    later,    ///< a passing trouble
    fatal     ///< no retry can help
  };
  Action action = Action::stored;
  std::string message;      ///< one line; of a partial write the server's own words
  std::size_t dropped = 0;  ///< partial: as the server counts them, 0: it does not say
  Duration after{0};        ///< later: as the server asks
};

/// Pure.
[[nodiscard]] Verdict judge(const HttpAnswer& answer, Api api, std::string_view shown_url);

}  // namespace weir::influx_sink
