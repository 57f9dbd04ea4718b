// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The options of the sink, and where they send the rows.

#include <weir/options.hpp>

#include <string>
#include <tuple>

#include "endpoint.hpp"

namespace weir::influx_sink {

using influx::Api;

struct Options : influx::ServerOptions {
  bool gzip = true;
  Bytes max_body{1 << 20};

  static constexpr auto fields = std::tuple_cat(
      influx::server_fields<Options>(),
      std::tuple{field(&Options::gzip, "gzip", "Compress what is sent"),
                 field(&Options::max_body, "max_body", "Most bytes of a request before compression")
                     .range(Bytes{1024}, Bytes{64 << 20})});
};

/// The write call of the server's API, without its query: fit for messages.
[[nodiscard]] std::string shown_write_url(const influx::Endpoint& endpoint);
[[nodiscard]] std::string write_url(const influx::Endpoint& endpoint, const Options& options);

}  // namespace weir::influx_sink
