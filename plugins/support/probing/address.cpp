// SPDX-License-Identifier: Apache-2.0
#include "address.hpp"

#include <arpa/inet.h>
#include <net/if.h>

#include <charconv>

namespace weir::probing {
namespace {

std::optional<std::uint32_t> parse_scope(const std::string& text) {
  std::uint32_t index = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, index);
  if (error == std::errc{} && stop == end && index != 0) return index;
  index = ::if_nametoindex(text.c_str());
  if (index == 0) return std::nullopt;
  return index;
}

// By hand, because inet_ntop prints through sprintf and a large monitor writes 60 000 of these a
// second.
std::string ipv4_text(const Address& address) {
  std::array<char, 16> buffer{};
  char* at = buffer.data();
  for (std::size_t i = 0; i < 4; ++i) {
    if (i > 0) *at++ = '.';
    at = std::to_chars(at, buffer.data() + buffer.size(), address.bytes[i]).ptr;
  }
  return {buffer.data(), at};
}

}  // namespace

std::string to_text(const Address& address) {
  if (address.family == Family::ipv4) return ipv4_text(address);
  std::array<char, INET6_ADDRSTRLEN> buffer{};
  ::inet_ntop(AF_INET6, address.bytes.data(), buffer.data(), buffer.size());
  std::string text = buffer.data();
  if (address.scope != 0) text += "%" + std::to_string(address.scope);
  return text;
}

std::optional<Address> parse_address(const std::string& text) {
  Address address;
  if (::inet_pton(AF_INET, text.c_str(), address.bytes.data()) == 1) return address;
  address = Address{.family = Family::ipv6};
  const auto percent = text.find('%');
  if (::inet_pton(AF_INET6, text.substr(0, percent).c_str(), address.bytes.data()) != 1) {
    return std::nullopt;
  }
  if (percent != std::string::npos) {
    const auto scope = parse_scope(text.substr(percent + 1));
    if (!scope) return std::nullopt;
    address.scope = *scope;
  }
  return address;
}

}  // namespace weir::probing
