// SPDX-License-Identifier: Apache-2.0
#include "core/http/rules.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <exception>

#include "weir/error.hpp"

namespace weir::core::http {
namespace {

constexpr std::size_t longest_host = 255;

std::optional<std::uint16_t> port_of(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return port;
}

struct HostAndPort {
  std::string host;  ///< lower case, without brackets
  std::optional<std::uint16_t> port;
};

bool is_host_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
}

/// nullopt: not well-formed.
std::optional<HostAndPort> split_host(std::string_view text) {
  if (text.empty() || text.size() > longest_host) return std::nullopt;
  HostAndPort found;
  std::string_view rest;
  if (text.front() == '[') {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    found.host = text.substr(1, end - 1);
    rest = text.substr(end + 1);
    in6_addr address{};
    if (::inet_pton(AF_INET6, found.host.c_str(), &address) != 1) return std::nullopt;
  } else {
    const std::size_t end = std::min(text.find(':'), text.size());
    found.host = text.substr(0, end);
    rest = text.substr(end);
    for (char& c : found.host) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    if (found.host.empty() ||
        !std::all_of(found.host.begin(), found.host.end(), is_host_character)) {
      return std::nullopt;
    }
  }
  if (rest.empty()) return found;
  found.port = port_of(rest.substr(1));
  if (rest.front() != ':' || !found.port) return std::nullopt;
  return found;
}

Response refusal(unsigned status, std::string text) {
  Response response;
  response.status = status;
  response.body = std::move(text) + "\n";
  return response;
}

bool has_token(const Head& head, const std::string& token) {
  constexpr std::string_view scheme = "Bearer ";
  const std::string_view given = head.authorization;
  return given.starts_with(scheme) && same_secret(given.substr(scheme.size()), token);
}

}  // namespace

bool Address::loopback() const {
  in_addr v4{};
  if (::inet_pton(AF_INET, host.c_str(), &v4) == 1) return (ntohl(v4.s_addr) >> 24U) == 127;
  in6_addr v6{};
  return ::inet_pton(AF_INET6, host.c_str(), &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6) != 0;
}

Address parse_address(std::string_view text) {
  const auto found = split_host(text);
  if (!found || !found->port) {
    throw Error("'" + std::string(text) + "' is no address; write 127.0.0.1:9108 or [::1]:9108");
  }
  Address address{found->host == "localhost" ? "127.0.0.1" : found->host, *found->port};
  std::array<unsigned char, sizeof(in6_addr)> ignored{};
  if (::inet_pton(AF_INET, address.host.c_str(), ignored.data()) != 1 &&
      ::inet_pton(AF_INET6, address.host.c_str(), ignored.data()) != 1) {
    throw Error("'" + std::string(text) + "': give an IP address, not a name, to listen on");
  }
  return address;
}

std::string to_text(const Address& address) {
  const bool v6 = address.host.find(':') != std::string::npos;
  return (v6 ? "[" + address.host + "]" : address.host) + ":" + std::to_string(address.port);
}

bool host_is_meant(std::string_view host, const Address& address) {
  const auto found = split_host(host);
  if (!found) return false;
  if (!address.loopback()) return true;
  // Without a port a Host means 80.
  if (found->port.value_or(80) != address.port) return false;
  return found->host == "localhost" || Address{found->host, 0}.loopback();
}

bool same_secret(std::string_view left, std::string_view right) {
  unsigned char difference = left.size() == right.size() ? 0 : 1;
  for (std::size_t i = 0; i < left.size() && !right.empty(); ++i) {
    difference |= static_cast<unsigned char>(left[i] ^ right[i % right.size()]);
  }
  return difference == 0;
}

std::optional<std::string> path_of(std::string_view target) {
  if (target.empty() || target.front() != '/') return std::nullopt;
  const bool plain = std::all_of(target.begin(), target.end(), [](char c) {
    return static_cast<unsigned char>(c) > 0x20 && static_cast<unsigned char>(c) < 0x7F;
  });
  if (!plain) return std::nullopt;
  return std::string(target.substr(0, target.find('?')));
}

Response answer(const Head& head, const Rules& rules) {
  if (head.hosts.size() != 1 || !host_is_meant(head.hosts.front(), rules.address)) {
    return refusal(400, "the Host header does not name this server");
  }
  const auto path = path_of(head.target);
  if (!path) return refusal(400, "the target is not understood");
  if (!rules.token.empty() && !has_token(head, rules.token)) {
    return refusal(401, "a bearer token is needed");
  }
  const auto route = std::find_if(rules.routes.begin(), rules.routes.end(),
                                  [&](const Route& other) { return other.path == *path; });
  if (route == rules.routes.end()) return refusal(404, "there is nothing here");
  if (head.method != "GET" && head.method != "HEAD") return refusal(405, "only GET and HEAD");
  try {
    return route->answer();
  } catch (const std::exception& trouble) {
    return refusal(500, trouble.what());
  }
}

}  // namespace weir::core::http
