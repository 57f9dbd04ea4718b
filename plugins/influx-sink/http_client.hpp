// SPDX-License-Identifier: Apache-2.0
#pragma once
/// One kept-alive connection that posts bodies. All of libcurl that the sink uses.

#include <weir/units.hpp>

#include <memory>
#include <string>
#include <string_view>

#include "endpoint.hpp"

namespace weir::influx_sink {

struct HttpAnswer {
  int status = 0;    ///< 0: there was no answer, see trouble
  std::string body;  ///< its first 64 KiB
  Duration retry_after{0};
  std::string trouble;
};

/// What the writer needs of the network; a test may put its own in.
class HttpClient {
 public:
  HttpClient() = default;
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;
  virtual ~HttpClient() = default;
  /// Never throws for what the network or the server does.
  virtual HttpAnswer post(std::string_view body, bool gzipped) = 0;
};

/// http and https only, no redirects, no proxy towards this machine itself.
[[nodiscard]] std::unique_ptr<HttpClient> make_http_client(const Endpoint& endpoint,
                                                           const Options& options);

}  // namespace weir::influx_sink
