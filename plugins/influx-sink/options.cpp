// SPDX-License-Identifier: Apache-2.0
#include "options.hpp"

namespace weir::influx_sink {

std::string shown_write_url(const influx::Endpoint& endpoint) {
  return endpoint.base + (endpoint.api == Api::v2 ? "/api/v2/write" : "/write");
}

std::string write_url(const influx::Endpoint& endpoint, const Options& options) {
  std::string url = shown_write_url(endpoint);
  if (endpoint.api == Api::v2) {
    influx::add_query(url, "org", options.org);
    influx::add_query(url, "bucket", options.bucket);
  } else {
    influx::add_query(url, "db", options.database);
    influx::add_query(url, "rp", options.retention_policy);
  }
  influx::add_query(url, "precision", "ns");
  return url;
}

}  // namespace weir::influx_sink
