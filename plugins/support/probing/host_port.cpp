// SPDX-License-Identifier: Apache-2.0
#include "host_port.hpp"

#include <weir/error.hpp>

#include <charconv>

#include "address.hpp"

namespace weir::probing {
namespace {

[[noreturn]] void fail(std::string_view text, const char* why) {
  throw Error("'" + std::string(text) + "' " + why +
              "; write host:port, for example example.net:443 or [2001:db8::1]:443");
}

std::uint16_t port_of(std::string_view text, std::string_view digits) {
  std::uint16_t port = 0;
  const char* end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, port);
  if (error != std::errc{} || stop != end || port == 0) fail(text, "has no port from 1 to 65535");
  return port;
}

}  // namespace

HostPort parse_host_port(std::string_view text, std::optional<std::uint16_t> otherwise) {
  std::string_view host = text;
  std::string_view rest;
  const bool bracket = text.starts_with('[');
  if (bracket) {
    const auto close = text.find(']');
    if (close == std::string_view::npos) fail(text, "has a bracket that does not close");
    host = text.substr(1, close - 1);
    rest = text.substr(close + 1);
    if (!rest.empty() && rest.front() != ':') fail(text, "has something behind its bracket");
    const auto address = parse_address(std::string(host));
    if (!address || address->family != Family::ipv6) fail(text, "has no IPv6 address in brackets");
  } else if (parse_address(std::string(text))) {
    if (!otherwise) fail(text, "has no port, or its IPv6 address no brackets");
  } else if (const auto colon = text.rfind(':'); colon != std::string_view::npos) {
    host = text.substr(0, colon);
    rest = text.substr(colon);
  }
  if (host.empty()) fail(text, "has no host");
  if (host.find_first_of(" \t/@,") != std::string_view::npos ||
      (!bracket && !rest.empty() && host.find(':') != std::string_view::npos)) {
    fail(text, "is not one host");
  }
  if (!rest.empty()) return {std::string(host), port_of(text, rest.substr(1))};
  if (!otherwise) fail(text, "has no port");
  return {std::string(host), *otherwise};
}

}  // namespace weir::probing
