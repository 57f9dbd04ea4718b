// SPDX-License-Identifier: Apache-2.0
#pragma once
/// One kept-alive connection that posts bodies to one address. All of libcurl that sink and source
/// use.

#include <weir/units.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "endpoint.hpp"

namespace weir::influx {

struct HttpAnswer {
  int status = 0;    ///< 0: there was no answer, see trouble
  std::string body;  ///< decompressed; at most most_answer bytes
  bool cut = false;  ///< there was more
  Duration retry_after{0};
  std::string trouble;
};

/// What the writer and the reader need of the network; a test may put its own in.
class HttpClient {
 public:
  HttpClient() = default;
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;
  virtual ~HttpClient() = default;
  /// Never throws for what the network or the server does. `gzipped`: how the body comes.
  virtual HttpAnswer post(std::string_view body, bool gzipped) = 0;
};

/// What is posted where.
struct HttpUse {
  std::string url;  ///< with path and query
  std::string content_type;
  std::string agent = "weir/1";
  std::size_t most_answer = std::size_t{64} << 10U;
  bool accept_gzip = false;
  std::function<bool()> stopping{};  ///< true: a request under way is given up
};

/// http and https only, no redirects, no proxy towards this machine itself.
[[nodiscard]] std::unique_ptr<HttpClient> make_http_client(const Endpoint& endpoint, HttpUse use);

}  // namespace weir::influx
