// SPDX-License-Identifier: Apache-2.0
#include "packet.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

namespace weir::icmp_source {
namespace {

using Bytes = std::span<const std::uint8_t>;

constexpr std::size_t ipv4_header_size = 20;
constexpr std::size_t ipv6_header_size = 40;
constexpr std::size_t stamp_size = 12;
constexpr std::uint8_t protocol_icmp = 1;
constexpr std::uint8_t protocol_icmpv6 = 58;

struct Types {
  std::uint8_t request;
  std::uint8_t reply;
};
constexpr Types types_v4{8, 0};
constexpr Types types_v6{128, 129};

// What fills a payload: each byte is its own place, cut to 8 bits.
constexpr auto pattern = [] {
  std::array<std::uint8_t, 256> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(i);
  return bytes;
}();

std::uint16_t read16(Bytes bytes, std::size_t at) {
  return static_cast<std::uint16_t>(bytes[at] << 8 | bytes[at + 1]);
}

template <typename Number>
Number read_big_endian(Bytes bytes) {
  Number value = 0;
  for (std::size_t i = 0; i < sizeof(Number); ++i)
    value = static_cast<Number>(value << 8 | bytes[i]);
  return value;
}

template <typename Number>
void write_big_endian(Number value, std::span<std::uint8_t> out) {
  for (std::size_t i = sizeof(Number); i-- > 0; value = static_cast<Number>(value >> 8)) {
    out[i] = static_cast<std::uint8_t>(value & 0xff);
  }
}

void write16(std::uint16_t value, std::span<std::uint8_t> out, std::size_t at) {
  write_big_endian(value, out.subspan(at, 2));
}

std::optional<Stamp> read_stamp(Bytes payload) {
  if (payload.size() < stamp_size) return std::nullopt;
  return Stamp{read_big_endian<std::uint32_t>(payload.first(4)),
               read_big_endian<std::uint64_t>(payload.subspan(4, 8))};
}

// The ICMP message inside an IPv4 datagram. A quoted one may be cut short by the router that quotes
// it, so only there may the stated length exceed what is at hand.
std::variant<Bytes, Reject> ipv4_content(Bytes datagram, bool quoted) {
  if (datagram.size() < ipv4_header_size) return Reject::truncated_ip;
  if (datagram[0] >> 4 != 4) return Reject::not_ipv4;
  const std::size_t header = std::size_t{4} * (datagram[0] & 0x0f);
  const std::size_t total = read16(datagram, 2);
  if (header < ipv4_header_size || total < header || datagram.size() < header) {
    return Reject::truncated_ip;
  }
  if (!quoted && datagram.size() < total) return Reject::truncated_ip;
  if ((read16(datagram, 6) & 0x1fff) != 0) return Reject::fragment;
  constexpr std::uint16_t more_fragments = 0x2000;
  if (!quoted && (read16(datagram, 6) & more_fragments) != 0) return Reject::fragment;
  if (datagram[9] != protocol_icmp) return Reject::not_icmp;
  return datagram.first(std::min(total, datagram.size())).subspan(header);
}

Decoded describe_quote(std::uint8_t type, std::uint8_t code, Bytes request,
                       const Address& destination, Types types) {
  if (request.size() < icmp_header_size) return Reject::truncated_quote;
  if (request[0] != types.request || request[1] != 0) return Reject::foreign_quote;
  return IcmpError{.type = type,
                   .code = code,
                   .destination = destination,
                   .identifier = read16(request, 4),
                   .sequence = read16(request, 6),
                   .stamp = read_stamp(request.subspan(icmp_header_size))};
}

Decoded decode_quote_v4(Bytes message) {
  const Bytes quote = message.subspan(icmp_header_size);
  const auto content = ipv4_content(quote, true);
  if (const auto* reason = std::get_if<Reject>(&content)) {
    return *reason == Reject::truncated_ip ? Reject::truncated_quote : Reject::foreign_quote;
  }
  Address destination;
  std::copy_n(quote.begin() + 16, 4, destination.bytes.begin());
  return describe_quote(message[0], message[1], std::get<Bytes>(content), destination, types_v4);
}

Decoded decode_quote_v6(Bytes message) {
  const Bytes quote = message.subspan(icmp_header_size);
  if (quote.size() < ipv6_header_size) return Reject::truncated_quote;
  // We send no extension headers, so a quote of ours has none.
  if (quote[0] >> 4 != 6 || quote[6] != protocol_icmpv6) return Reject::foreign_quote;
  Address destination{.family = Family::ipv6};
  std::copy_n(quote.begin() + 24, 16, destination.bytes.begin());
  return describe_quote(message[0], message[1], quote.subspan(ipv6_header_size), destination,
                        types_v6);
}

bool reports_a_lost_request(Family family, std::uint8_t type) {
  // RFC 792: unreachable, time exceeded, parameter problem. RFC 4443 §3: those and packet too big.
  if (family == Family::ipv4) return type == 3 || type == 11 || type == 12;
  return type >= 1 && type <= 4;
}

Decoded decode_message(Family family, Bytes message) {
  if (message.size() < icmp_header_size) return Reject::truncated_icmp;
  const bool v4 = family == Family::ipv4;
  if (v4 && internet_checksum(message) != 0) return Reject::wrong_checksum;
  if (reports_a_lost_request(family, message[0])) {
    return v4 ? decode_quote_v4(message) : decode_quote_v6(message);
  }
  if (message[0] != (v4 ? types_v4 : types_v6).reply || message[1] != 0) return Reject::not_a_reply;
  const auto stamp = read_stamp(message.subspan(icmp_header_size));
  if (!stamp) return Reject::truncated_payload;
  return Echo{read16(message, 4), read16(message, 6), *stamp};
}

}  // namespace

std::string_view to_text(Reject reason) {
  static constexpr std::array<std::string_view, reject_count> texts{
      "truncated IP header", "not IPv4",       "not ICMP",         "fragment",
      "truncated ICMP",      "wrong checksum", "not a reply",      "truncated payload",
      "truncated quote",     "foreign quote",  "other identifier", "unknown probe",
      "wrong nonce",         "wrong source"};
  return texts[static_cast<std::size_t>(reason)];
}

std::uint16_t internet_checksum(std::span<const std::uint8_t> bytes) {
  // RFC 1071 §2: the sum may be taken over wider words, and in the machine's own byte order.
  std::uint64_t sum = 0;
  std::size_t at = 0;
  for (; at + 4 <= bytes.size(); at += 4) {
    std::uint32_t word = 0;
    std::memcpy(&word, bytes.data() + at, 4);
    sum += word;
  }
  std::uint32_t rest = 0;  // what is behind the end counts as zero
  if (at < bytes.size()) std::memcpy(&rest, bytes.data() + at, bytes.size() - at);
  sum += rest;
  while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
  const auto folded = static_cast<std::uint16_t>(~sum & 0xffff);
  if constexpr (std::endian::native == std::endian::big) return folded;
  return static_cast<std::uint16_t>(folded << 8 | folded >> 8);
}

void encode_request(Family family, const Echo& echo, std::span<std::uint8_t> packet) {
  packet[0] = family == Family::ipv4 ? types_v4.request : types_v6.request;
  packet[1] = 0;
  write16(0, packet, 2);
  write16(echo.identifier, packet, 4);
  write16(echo.sequence, packet, 6);
  const auto payload = packet.subspan(icmp_header_size);
  write_big_endian(echo.stamp.probe, payload.first(4));
  write_big_endian(echo.stamp.nonce, payload.subspan(4, 8));
  for (std::size_t at = stamp_size; at < payload.size();) {
    const std::size_t begin = at % pattern.size();
    const std::size_t size = std::min(payload.size() - at, pattern.size() - begin);
    std::memcpy(&payload[at], &pattern[begin], size);
    at += size;
  }
  if (family == Family::ipv4) write16(internet_checksum(packet), packet, 2);
}

Decoded decode(Form form, std::span<const std::uint8_t> datagram) {
  switch (form) {
    case Form::ipv4:
      return decode_message(Family::ipv4, datagram);
    case Form::ipv6:
      return decode_message(Family::ipv6, datagram);
    case Form::ipv4_with_header:
      break;
  }
  const auto content = ipv4_content(datagram, false);
  if (const auto* reason = std::get_if<Reject>(&content)) return *reason;
  return decode_message(Family::ipv4, std::get<Bytes>(content));
}

Decoded decode_reported(Family family, std::uint8_t type, std::uint8_t code,
                        const Address& destination, std::span<const std::uint8_t> request) {
  if (!reports_a_lost_request(family, type)) return Reject::not_a_reply;
  return describe_quote(type, code, request, destination,
                        family == Family::ipv4 ? types_v4 : types_v6);
}

}  // namespace weir::icmp_source
