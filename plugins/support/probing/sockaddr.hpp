// SPDX-License-Identifier: Apache-2.0
// Addresses as the kernel wants them. sockaddr_in6 has room for both families.
#pragma once

#include <netinet/in.h>

#include <cstring>

#include "address.hpp"

namespace weir::probing {

[[nodiscard]] inline sockaddr_in6 to_sockaddr(const Address& address, socklen_t& size) {
  sockaddr_in6 out{};
  if (address.family == Family::ipv6) {
    out.sin6_family = AF_INET6;
    std::memcpy(&out.sin6_addr, address.bytes.data(), 16);
    out.sin6_scope_id = address.scope;
    size = sizeof(sockaddr_in6);
    return out;
  }
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  std::memcpy(&v4.sin_addr, address.bytes.data(), 4);
  std::memcpy(&out, &v4, sizeof v4);
  size = sizeof(sockaddr_in);
  return out;
}

[[nodiscard]] inline Address from_sockaddr(const sockaddr_in6& given, Family family) {
  Address address{.family = family};
  if (family == Family::ipv6) {
    std::memcpy(address.bytes.data(), &given.sin6_addr, 16);
    address.scope = given.sin6_scope_id;
  } else {
    sockaddr_in v4{};
    std::memcpy(&v4, &given, sizeof v4);
    std::memcpy(address.bytes.data(), &v4.sin_addr, 4);
  }
  return address;
}

}  // namespace weir::probing
