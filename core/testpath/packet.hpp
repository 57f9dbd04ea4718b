// SPDX-License-Identifier: Apache-2.0
#pragma once
/// ICMP echo inside IP packets, as a TUN device hands them over: RFC 791, 792, 8200, 4443. Pure.

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace weir::core::testpath {

/// IPv4 in the first four bytes, or IPv6.
struct Address {
  bool v6 = false;
  std::array<std::uint8_t, 16> bytes{};
  friend bool operator==(const Address&, const Address&) = default;
};
[[nodiscard]] std::string to_text(const Address& address);
[[nodiscard]] std::optional<Address> parse_address(const std::string& text);

enum class Kind : std::uint8_t { request, reply, other };

/// Where a packet goes, and what tells an echo apart.
struct PacketInfo {
  Kind kind = Kind::other;
  Address destination;
  std::uint16_t identifier = 0;
  std::uint16_t sequence = 0;
  /// The first four bytes of the payload, big endian: where probers of Weir write the probe's
  /// number. 0 where the payload is shorter.
  std::uint32_t number = 0;
  friend bool operator==(const PacketInfo&, const PacketInfo&) = default;
};

/// nullopt: no whole IP packet. An echo is a whole, unfragmented ICMP message with a right
/// checksum.
[[nodiscard]] std::optional<PacketInfo> parse_packet(std::span<const std::uint8_t> packet);

/// Makes the host's reply of a packet of kind request: addresses change places, type and checksums
/// are written anew, the hop limit is 64.
void turn_into_reply(std::span<std::uint8_t> packet);

/// Ones' complement sum of RFC 1071, for IPv6 over the pseudo header of RFC 8200 §8.1 too.
[[nodiscard]] std::uint16_t icmp_checksum(std::span<const std::uint8_t> packet);

}  // namespace weir::core::testpath
