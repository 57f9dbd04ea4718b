// SPDX-License-Identifier: Apache-2.0
// An IPv4 or IPv6 address without port: what a probe is sent to and a reply comes from.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace weir::probing {

enum class Family : std::uint8_t { ipv4, ipv6 };

/// Which addresses of a name are wanted.
enum class FamilyChoice : std::uint8_t { any, ipv4, ipv6 };
[[nodiscard]] constexpr bool fits(FamilyChoice choice, Family family) {
  return choice == FamilyChoice::any || (choice == FamilyChoice::ipv4) == (family == Family::ipv4);
}
/// As option values: any, 4, 6.
[[nodiscard]] constexpr auto enum_names(FamilyChoice) {
  using Name = std::pair<std::string_view, FamilyChoice>;
  return std::array{Name{"any", FamilyChoice::any}, Name{"4", FamilyChoice::ipv4},
                    Name{"6", FamilyChoice::ipv6}};
}

struct Address {
  Family family = Family::ipv4;
  /// Network byte order; IPv4 uses the first four, the rest are zero.
  std::array<std::uint8_t, 16> bytes{};
  /// Interface index of a link-local IPv6 address (RFC 4007), else 0.
  std::uint32_t scope = 0;

  /// The same host, whatever the scope: a reply may name the interface where the request did not.
  [[nodiscard]] bool same_host(const Address& other) const {
    return family == other.family && bytes == other.bytes;
  }
  friend bool operator==(const Address&, const Address&) = default;
};

/// "127.0.0.1", "fe80::1%2": the usual text of the address (RFC 5952 for IPv6).
[[nodiscard]] std::string to_text(const Address& address);

/// Reads a numeric address, with "%eth0" or "%2" behind link-local ones. A name gives nothing;
/// no resolver is asked.
[[nodiscard]] std::optional<Address> parse_address(const std::string& text);

}  // namespace weir::probing
