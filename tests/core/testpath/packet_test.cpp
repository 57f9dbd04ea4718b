// SPDX-License-Identifier: Apache-2.0
#include "core/testpath/packet.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace weir::core::testpath {
namespace {

std::optional<PacketInfo> parse_echo_request(std::span<const std::uint8_t> packet) {
  const auto info = parse_packet(packet);
  return info && info->kind == Kind::request ? info : std::nullopt;
}

using Bytes = std::vector<std::uint8_t>;

// Written by hand after RFC 791 and 792, and RFC 8200 and 4443. The kernel looks at the checksum of
// the IPv4 header before we see a packet, so here it is left out.
Bytes ipv4_request() {
  return {0x45, 0x00, 0x00, 0x24, 0x12, 0x34, 0x40, 0x00, 0x40, 0x01, 0x00, 0x00,  // header
          0x0a, 0x4d, 0x00, 0x01, 0x0a, 0x4d, 0x00, 0x09,                          // addresses
          0x08, 0x00, 0x00, 0x00, 0xbe, 0xef, 0x00, 0x07,                          // echo request
          0x01, 0x02, 0x03, 0x04, 0xab, 0xab, 0xab, 0xab};
}

Bytes ipv6_request() {
  Bytes packet{0x60, 0x00, 0x00, 0x00, 0x00, 0x0c, 0x3a, 0x40};
  for (const std::uint8_t last : {1, 9}) {
    packet.insert(packet.end(), {0xfd, 0x77, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, last});
  }
  packet.insert(packet.end(), {0x80, 0, 0, 0, 0xbe, 0xef, 0, 0x07, 1, 2, 3, 4});
  const std::uint16_t sum = icmp_checksum(packet);
  packet[42] = static_cast<std::uint8_t>(sum >> 8);
  packet[43] = static_cast<std::uint8_t>(sum);
  return packet;
}

Bytes with_right_checksum(Bytes packet) {
  packet[22] = packet[23] = 0;
  const std::uint16_t sum = icmp_checksum(packet);
  packet[22] = static_cast<std::uint8_t>(sum >> 8);
  packet[23] = static_cast<std::uint8_t>(sum);
  return packet;
}

TEST(Packet, ARequestSaysWhoIsAskedAndWhichProbeItIs) {
  for (const bool v6 : {false, true}) {
    const auto request =
        parse_echo_request(v6 ? ipv6_request() : with_right_checksum(ipv4_request()));
    ASSERT_TRUE(request) << v6;
    EXPECT_EQ(to_text(request->destination), v6 ? "fd77::9" : "10.77.0.9");
    EXPECT_EQ(request->identifier, 0xbeef);
    EXPECT_EQ(request->sequence, 7);
    EXPECT_EQ(request->number, 0x01020304U);
  }
}

// RFC 1071 §3 gives this example: the sum of these bytes is ddf2, its complement 220d.
TEST(Packet, ChecksumOfTheRfcsExample) {
  Bytes packet(20, 0);
  packet[0] = 0x45;
  const Bytes example{0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7};
  packet.insert(packet.end(), example.begin(), example.end());
  EXPECT_EQ(icmp_checksum(packet), 0x220d);
}

TEST(Packet, TheReplyGoesBackWithRightChecksums) {
  Bytes v4 = with_right_checksum(ipv4_request());
  turn_into_reply(v4);
  EXPECT_EQ(icmp_checksum(v4), 0);
  EXPECT_EQ(v4[20], 0) << "echo reply";
  EXPECT_EQ((Bytes{v4.begin() + 12, v4.begin() + 20}), (Bytes{10, 77, 0, 9, 10, 77, 0, 1}));
  EXPECT_EQ((Bytes{v4.begin() + 24, v4.end()}),
            (Bytes{0xbe, 0xef, 0, 7, 1, 2, 3, 4, 0xab, 0xab, 0xab, 0xab}));
  std::uint32_t header = 0;
  for (std::size_t i = 0; i < 20; i += 2) header += v4[i] << 8 | v4[i + 1];
  EXPECT_EQ((header & 0xFFFF) + (header >> 16), 0xFFFFU) << "the sum over a right header";
  Bytes v6 = ipv6_request();
  turn_into_reply(v6);
  EXPECT_EQ(icmp_checksum(v6), 0);
  EXPECT_EQ(v6[40], 129);
  EXPECT_EQ(v6[23], 9);
  EXPECT_EQ(v6[39], 1);
}

TEST(Packet, WhatIsCutShortOrSpoiltIsNoRequest) {
  for (const Bytes& whole : {with_right_checksum(ipv4_request()), ipv6_request()}) {
    for (std::size_t size = 0; size < whole.size(); ++size)
      EXPECT_FALSE(parse_echo_request(std::span(whole).first(size))) << size;
    for (std::size_t i = whole[0] == 0x45 ? 20 : 40; i < whole.size(); ++i) {
      Bytes spoilt = whole;
      spoilt[i] ^= 0x10;
      EXPECT_FALSE(parse_echo_request(spoilt)) << i;
    }
  }
}

TEST(Packet, OtherTrafficIsNoRequest) {
  Bytes fragment = with_right_checksum(ipv4_request());
  fragment[6] = 0x20;
  EXPECT_FALSE(parse_echo_request(fragment)) << "more fragments follow";
  Bytes udp = with_right_checksum(ipv4_request());
  udp[9] = 17;
  EXPECT_FALSE(parse_echo_request(udp));
  EXPECT_EQ(to_text(parse_packet(udp)->destination), "10.77.0.9") << "it can be forwarded";
  Bytes reply = with_right_checksum(ipv4_request());
  turn_into_reply(reply);
  EXPECT_FALSE(parse_echo_request(reply));
  EXPECT_EQ(parse_packet(reply)->kind, Kind::reply);
  EXPECT_EQ(parse_packet(reply)->sequence, 7);
  Bytes short_header = with_right_checksum(ipv4_request());
  short_header[0] = 0x44;
  EXPECT_FALSE(parse_echo_request(short_header));
  Bytes long_header = with_right_checksum(ipv4_request());
  long_header[0] = 0x4F;
  EXPECT_FALSE(parse_echo_request(long_header));
}

TEST(Packet, AddressesAsText) {
  for (const char* text : {"10.77.3.4", "fd77::1:2"})
    EXPECT_EQ(to_text(*parse_address(text)), text);
  EXPECT_FALSE(parse_address("10.77.3"));
  EXPECT_FALSE(parse_address("fd77:::1"));
  EXPECT_FALSE(parse_address(""));
}

}  // namespace
}  // namespace weir::core::testpath
