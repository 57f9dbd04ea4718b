// SPDX-License-Identifier: Apache-2.0
#pragma once
/// What a request may do, apart from any socket.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::core::http {

/// Where a server listens.
struct Address {
  std::string host;  ///< an IPv4 or IPv6 address, without brackets
  std::uint16_t port = 0;
  [[nodiscard]] bool loopback() const;
};

/// "127.0.0.1:9108", "[::1]:9108", "localhost:9108" (127.0.0.1). Port 0: a free one. Throws Error:
/// names are not looked up, because what they mean may change.
[[nodiscard]] Address parse_address(std::string_view text);
/// As it stands in a URL.
[[nodiscard]] std::string to_text(const Address& address);

struct Response {
  unsigned status = 200;
  std::string type = "text/plain; charset=utf-8";
  std::string body;
};

/// A path that is answered. Called on the server's thread; must not block.
struct Route {
  std::string path;  ///< "/metrics", as a whole
  std::function<Response()> answer;
};

/// What of a request's head decides.
struct Head {
  std::string method;
  std::string target;
  std::vector<std::string> hosts;  ///< every Host header
  std::string authorization;
};

struct Rules {
  Address address;    ///< with the port that is really listened on
  std::string token;  ///< empty: none is asked for
  std::vector<Route> routes;
};

/// Does `host`, the text of a Host header, mean this server? On loopback only loopback's own names
/// with the server's port do: a page from elsewhere whose name resolves to 127.0.0.1 (DNS
/// rebinding) must get nothing. Elsewhere the token decides, and any well-formed host is fine.
[[nodiscard]] bool host_is_meant(std::string_view host, const Address& address);

/// Compares in a time that does not depend on where two texts differ.
[[nodiscard]] bool same_secret(std::string_view left, std::string_view right);

/// The path of a request's target, without its query; nullopt: not the plain form that begins with
/// a slash.
[[nodiscard]] std::optional<std::string> path_of(std::string_view target);

/// Refuses or answers: 400 a wrong Host or target, 401 without the token, 404, 405, or what the
/// route gives (500 when it throws).
[[nodiscard]] Response answer(const Head& head, const Rules& rules);

}  // namespace weir::core::http
