// SPDX-License-Identifier: Apache-2.0
#pragma once
/// One query, one answer: what the server's status means.

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "history.hpp"
#include "http_client.hpp"
#include "options.hpp"

namespace weir::influx_source {

/// Throws what the answer means unless it is a success. Pure.
void check(const influx::HttpAnswer& answer, influx::Api api, std::string_view shown_url);

class QueryClient {
 public:
  /// Throws Fatal for options that cannot be meant. Does not connect.
  QueryClient(const Options& options, std::function<bool()> stopping);

  /// The body of the answer to a query in the server's language. Throws as Ask says.
  [[nodiscard]] std::string ask(const std::string& query);
  [[nodiscard]] influx::Api api() const { return api_; }
  [[nodiscard]] const std::string& shown_url() const { return shown_url_; }

 private:
  influx::Api api_;
  std::string shown_url_;
  std::unique_ptr<influx::HttpClient> client_;
};

}  // namespace weir::influx_source
