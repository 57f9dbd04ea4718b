// SPDX-License-Identifier: Apache-2.0
#include "core/testpath/packet.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <cstddef>

namespace weir::core::testpath {
namespace {

using Bytes = std::span<const std::uint8_t>;

constexpr std::size_t ipv4_header = 20, ipv6_header = 40, icmp_header = 8;
constexpr std::uint8_t protocol_icmp = 1, protocol_icmpv6 = 58;
constexpr std::uint8_t echo_request = 8, echo_reply = 0, echo_request_v6 = 128, echo_reply_v6 = 129;

std::uint16_t read_16(Bytes bytes, std::size_t at) {
  return static_cast<std::uint16_t>(bytes[at] << 8 | bytes[at + 1]);
}

void write_16(std::span<std::uint8_t> bytes, std::size_t at, std::uint16_t value) {
  bytes[at] = static_cast<std::uint8_t>(value >> 8);
  bytes[at + 1] = static_cast<std::uint8_t>(value);
}

bool is_v6(Bytes packet) { return packet[0] >> 4 == 6; }

std::size_t header_size(Bytes packet) {
  return is_v6(packet) ? ipv6_header : std::size_t{packet[0] & 0x0FU} * 4;
}

std::uint64_t sum_of(Bytes bytes) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) sum += read_16(bytes, i);
  if (bytes.size() % 2 != 0) sum += std::uint64_t{bytes.back()} << 8;
  return sum;
}

std::uint16_t folded(std::uint64_t sum) {
  while (sum >> 16 != 0) sum = (sum & 0xFFFF) + (sum >> 16);
  return static_cast<std::uint16_t>(~sum);
}

/// The packet without what lies behind its stated length; nullopt: it is cut short.
std::optional<Bytes> whole_packet(Bytes packet) {
  if (packet.size() < ipv4_header) return std::nullopt;
  const bool v6 = is_v6(packet);
  if (packet.size() < (v6 ? ipv6_header : ipv4_header)) return std::nullopt;
  if (!v6 && packet[0] >> 4 != 4) return std::nullopt;
  const std::size_t length = v6 ? ipv6_header + read_16(packet, 4) : read_16(packet, 2);
  if (header_size(packet) < ipv4_header || length < header_size(packet) || length > packet.size())
    return std::nullopt;
  return packet.first(length);
}

/// Of a whole packet: an ICMP message behind the first header, no fragment.
bool is_icmp(Bytes packet) {
  if (packet.size() < header_size(packet) + icmp_header) return false;
  if (is_v6(packet)) return packet[6] == protocol_icmpv6;
  const bool fragment = (read_16(packet, 6) & 0x3FFF) != 0;
  return packet[9] == protocol_icmp && !fragment;
}

Kind kind_of(Bytes packet) {
  const Bytes icmp = packet.subspan(header_size(packet));
  const bool v6 = is_v6(packet);
  if (icmp[1] != 0 || icmp_checksum(packet) != 0) return Kind::other;
  if (icmp[0] == (v6 ? echo_request_v6 : echo_request)) return Kind::request;
  return icmp[0] == (v6 ? echo_reply_v6 : echo_reply) ? Kind::reply : Kind::other;
}

Address destination_of(Bytes packet) {
  Address address{.v6 = is_v6(packet)};
  if (address.v6) {
    std::copy_n(packet.begin() + 24, 16, address.bytes.begin());
  } else {
    std::copy_n(packet.begin() + 16, 4, address.bytes.begin());
  }
  return address;
}

}  // namespace

std::string to_text(const Address& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  ::inet_ntop(address.v6 ? AF_INET6 : AF_INET, address.bytes.data(), text.data(), text.size());
  return text.data();
}

std::optional<Address> parse_address(const std::string& text) {
  Address address{.v6 = text.find(':') != std::string::npos};
  if (::inet_pton(address.v6 ? AF_INET6 : AF_INET, text.c_str(), address.bytes.data()) != 1)
    return std::nullopt;
  return address;
}

std::uint16_t icmp_checksum(std::span<const std::uint8_t> packet) {
  const Bytes icmp = packet.subspan(header_size(packet));
  std::uint64_t sum = sum_of(icmp);
  if (is_v6(packet)) sum += sum_of(packet.subspan(8, 32)) + icmp.size() + protocol_icmpv6;
  return folded(sum);
}

std::optional<PacketInfo> parse_packet(std::span<const std::uint8_t> packet) {
  const auto whole = whole_packet(packet);
  if (!whole) return std::nullopt;
  PacketInfo info;
  info.destination = destination_of(*whole);
  if (!is_icmp(*whole)) return info;
  info.kind = kind_of(*whole);
  if (info.kind == Kind::other) return info;
  const Bytes icmp = whole->subspan(header_size(*whole));
  info.identifier = read_16(icmp, 4);
  info.sequence = read_16(icmp, 6);
  if (icmp.size() >= icmp_header + 4)
    info.number = std::uint32_t{read_16(icmp, 8)} << 16 | read_16(icmp, 10);
  return info;
}

void turn_into_reply(std::span<std::uint8_t> packet) {
  const bool v6 = is_v6(packet);
  const std::size_t length = v6 ? ipv6_header + read_16(packet, 4) : read_16(packet, 2);
  packet = packet.first(length);
  const std::span<std::uint8_t> icmp = packet.subspan(header_size(packet));
  const std::size_t source = v6 ? 8 : 12, size = v6 ? 16 : 4;
  const auto from = packet.begin() + static_cast<std::ptrdiff_t>(source);
  const auto to = from + static_cast<std::ptrdiff_t>(size);
  std::swap_ranges(from, to, to);
  packet[v6 ? 7 : 8] = 64;
  icmp[0] = v6 ? echo_reply_v6 : echo_reply;
  write_16(icmp, 2, 0);
  write_16(icmp, 2, icmp_checksum(packet));
  if (v6) return;
  write_16(packet, 10, 0);
  write_16(packet, 10, folded(sum_of(packet.first(header_size(packet)))));
}

}  // namespace weir::core::testpath
