// SPDX-License-Identifier: Apache-2.0
// ICMP echo on the wire: RFC 792 (IPv4), RFC 4443 (IPv6), checksum RFC 1071. Pure: bytes in, values
// out. Nothing here trusts a length that a packet states about itself.
//
// Our payload: probe number (4 bytes, big endian), nonce (8 bytes, big endian), then a counting
// pattern up to the size asked for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <variant>

#include "names.hpp"

namespace weir::icmp_source {

inline constexpr std::size_t icmp_header_size = 8;
inline constexpr std::size_t minimum_payload = 16;
inline constexpr std::size_t maximum_payload = 65'507;  ///< 65 535 − IPv4 header − ICMP header

/// What our payload says about the probe that it belongs to.
struct Stamp {
  std::uint32_t probe = 0;
  std::uint64_t nonce = 0;
  friend bool operator==(const Stamp&, const Stamp&) = default;
};

struct Echo {
  std::uint16_t identifier = 0;
  std::uint16_t sequence = 0;
  Stamp stamp;
  friend bool operator==(const Echo&, const Echo&) = default;
};

/// A router or the host itself answered that our request could not be served.
struct IcmpError {
  std::uint8_t type = 0;
  std::uint8_t code = 0;
  Address destination;  ///< where the quoted request was going
  std::uint16_t identifier = 0;
  std::uint16_t sequence = 0;
  std::optional<Stamp> stamp;  ///< absent where the router quotes the bare RFC 792 minimum
};

/// Why a datagram is not taken for a reply. The last four are decided by the prober.
enum class Reject : std::uint8_t {
  truncated_ip,       ///< shorter than its IPv4 header or its stated length
  not_ipv4,           ///< another IP version
  not_icmp,           ///< another protocol
  fragment,           ///< the kernel reassembles, so a fragment is forged
  truncated_icmp,     ///< shorter than an ICMP header
  wrong_checksum,     ///< IPv4 only; the kernel checks ICMPv6 itself
  not_a_reply,        ///< another ICMP type: other people's traffic
  truncated_payload,  ///< an echo reply without room for our stamp
  truncated_quote,    ///< an ICMP error that quotes too little to tell whose it is
  foreign_quote,      ///< an ICMP error about something that is no echo request
  other_identifier,   ///< somebody else's ping
  unknown_probe,      ///< a probe number or sequence that is not in flight
  wrong_nonce,        ///< right number, wrong secret: forged
  wrong_source,       ///< the right bytes from the wrong host
};
inline constexpr std::size_t reject_count = 14;
[[nodiscard]] std::string_view to_text(Reject reason);

using Decoded = std::variant<Echo, IcmpError, Reject>;

/// Ones' complement sum of RFC 1071; 0 over a message that contains its right checksum.
[[nodiscard]] std::uint16_t internet_checksum(std::span<const std::uint8_t> bytes);

/// Writes an echo request that fills `packet`; its size must be icmp_header_size + payload with
/// minimum_payload ≤ payload. The checksum is written for IPv4; the kernel writes that of ICMPv6.
void encode_request(Family family, const Echo& echo, std::span<std::uint8_t> packet);

/// How a socket hands over what it received.
enum class Form : std::uint8_t {
  ipv4_with_header,  ///< raw IPv4: the datagram begins with the IPv4 header
  ipv4,              ///< ping socket: the datagram begins with the ICMP header
  ipv6,              ///< raw or ping socket: never an IPv6 header (RFC 3542 §3)
};
[[nodiscard]] Decoded decode(Form form, std::span<const std::uint8_t> datagram);

/// An ICMP error of which the kernel has told type, code and destination: `request` is the quoted
/// ICMP message alone, as a ping socket's error queue has it.
[[nodiscard]] Decoded decode_reported(Family family, std::uint8_t type, std::uint8_t code,
                                      const Address& destination,
                                      std::span<const std::uint8_t> request);

}  // namespace weir::icmp_source
