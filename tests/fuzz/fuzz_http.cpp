// SPDX-License-Identifier: Apache-2.0
// Any bytes as an HTTP request: a route is reached only by GET or HEAD with this server's own Host.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/http/server.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace http = weir::core::http;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  bool reached = false;
  http::Rules rules{{"127.0.0.1", 9108}, "", {}};
  rules.routes.push_back({"/metrics", [&] {
                            reached = true;
                            return http::Response{};
                          }});
  const auto response = http::answer_bytes(bytes, rules);
  if (reached && (!response || response->status != 200)) std::abort();
  if (reached && bytes.find("9108") == std::string_view::npos) std::abort();
  if (response && response->status == 200 && !reached) std::abort();
  // With a token nothing is reached without it.
  rules.token = "0123456789abcdef";
  reached = false;
  (void)http::answer_bytes(bytes, rules);
  if (reached && bytes.find(rules.token) == std::string_view::npos) std::abort();
  return 0;
}
