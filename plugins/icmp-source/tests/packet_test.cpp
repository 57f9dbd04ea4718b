// SPDX-License-Identifier: Apache-2.0
#include "packet.hpp"

#include <gtest/gtest.h>

#include <set>

#include "fake_network.hpp"

namespace weir::icmp_source::testing {
namespace {

const Address here = address("127.0.0.1");
const Address there = address("192.0.2.7");
const Address here6 = address("::1");
const Address there6 = address("2001:db8::7");
const Echo echo{
    .identifier = 0x1234, .sequence = 0xbeef, .stamp = {0xdeadbeef, 0x0123456789abcdef}};

Reject reason_of(const Decoded& decoded) { return std::get<Reject>(decoded); }

TEST(Checksum, WorkedExampleOfRfc1071) {
  const Raw bytes{0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7};
  EXPECT_EQ(internet_checksum(bytes), static_cast<std::uint16_t>(~0xddf2));
}

TEST(Checksum, OddLengthIsPaddedWithZero) {
  EXPECT_EQ(internet_checksum(Raw{0x12, 0x34, 0x56}),
            internet_checksum(Raw{0x12, 0x34, 0x56, 0x00}));
  EXPECT_EQ(internet_checksum(Raw{}), 0xffff);
}

TEST(Packet, RequestHasTheBytesOfRfc792) {
  Raw packet(icmp_header_size + 20);
  encode_request(Family::ipv4, echo, packet);
  EXPECT_EQ(packet[0], 8);
  EXPECT_EQ(packet[1], 0);
  EXPECT_EQ(internet_checksum(packet), 0);
  EXPECT_EQ(Raw(packet.begin() + 4, packet.end()),
            (Raw{0x12, 0x34, 0xbe, 0xef, 0xde, 0xad, 0xbe, 0xef, 0x01, 0x23, 0x45, 0x67,
                 0x89, 0xab, 0xcd, 0xef, 12,   13,   14,   15,   16,   17,   18,   19}));
}

TEST(Packet, RequestOfIpv6LeavesTheChecksumToTheKernel) {
  Raw packet(icmp_header_size + minimum_payload, 0xff);
  encode_request(Family::ipv6, echo, packet);
  EXPECT_EQ(packet[0], 128);
  EXPECT_EQ(packet[2], 0);
  EXPECT_EQ(packet[3], 0);
}

TEST(Packet, RoundTripInEveryFormAndSize) {
  for (const std::size_t size :
       {minimum_payload, std::size_t{17}, std::size_t{56}, std::size_t{1473}, maximum_payload}) {
    const Raw v4 = echo_reply(Family::ipv4, echo, size);
    EXPECT_EQ(std::get<Echo>(decode(Form::ipv4, v4)), echo) << size;
    EXPECT_EQ(std::get<Echo>(decode(Form::ipv4_with_header, ipv4_datagram(there, here, v4))), echo)
        << size;
    EXPECT_EQ(std::get<Echo>(decode(Form::ipv6, echo_reply(Family::ipv6, echo, size))), echo)
        << size;
  }
}

TEST(Packet, HeaderWithOptionsIsSteppedOver) {
  Raw datagram = ipv4_datagram(there, here, echo_reply(Family::ipv4, echo, 56));
  datagram.insert(datagram.begin() + 20, 40, 0x01);  // as many no-operation options as there may be
  datagram[0] = 0x4f;
  datagram[3] = static_cast<std::uint8_t>(datagram.size());
  EXPECT_EQ(std::get<Echo>(decode(Form::ipv4_with_header, datagram)), echo);
}

TEST(Packet, CutAnywhereItIsRejected) {
  const Raw datagram = ipv4_datagram(there, here, echo_reply(Family::ipv4, echo, 56));
  for (std::size_t size = 0; size < datagram.size(); ++size) {
    EXPECT_EQ(reason_of(decode(Form::ipv4_with_header, std::span(datagram).first(size))),
              Reject::truncated_ip)
        << size;
  }
  const Raw message = echo_reply(Family::ipv4, echo, 56);
  for (std::size_t size = 0; size < message.size(); ++size) {
    const Decoded decoded = decode(Form::ipv4, std::span(message).first(size));
    EXPECT_EQ(reason_of(decoded), size < 8 ? Reject::truncated_icmp : Reject::wrong_checksum)
        << size;
  }
}

TEST(Packet, ReplyThatIsShorterByHonestChecksumNeedsOurStamp) {
  // Some large resolvers cut long echo payloads; the stamp is enough to know the probe.
  for (std::size_t payload = 0; payload <= 56; ++payload) {
    Raw message = echo_reply(Family::ipv4, echo, 56);
    message.resize(icmp_header_size + payload);
    fix_checksum(message);
    const Decoded v4 = decode(Form::ipv4, message);
    message[0] = 129;
    const Decoded v6 = decode(Form::ipv6, message);
    if (payload < 12) {
      EXPECT_EQ(reason_of(v4), Reject::truncated_payload) << payload;
      EXPECT_EQ(reason_of(v6), Reject::truncated_payload) << payload;
    } else {
      EXPECT_EQ(std::get<Echo>(v4), echo) << payload;
      EXPECT_EQ(std::get<Echo>(v6), echo) << payload;
    }
  }
}

TEST(Packet, LiesInTheHeaderAreRejected) {
  const Raw good = ipv4_datagram(there, here, echo_reply(Family::ipv4, echo, 56));
  const auto with = [&](std::size_t at, std::uint8_t value) {
    Raw changed = good;
    changed[at] = value;
    return reason_of(decode(Form::ipv4_with_header, changed));
  };
  EXPECT_EQ(with(0, 0x65), Reject::not_ipv4);
  EXPECT_EQ(with(0, 0x44), Reject::truncated_ip) << "header shorter than a header";
  EXPECT_EQ(with(3, 19), Reject::truncated_ip) << "total shorter than the header";
  EXPECT_EQ(with(3, 255), Reject::truncated_ip) << "total longer than the datagram";
  EXPECT_EQ(with(3, 20), Reject::truncated_icmp) << "a header and nothing else";
  EXPECT_EQ(with(6, 0x20), Reject::fragment);
  EXPECT_EQ(with(7, 0x01), Reject::fragment);
  EXPECT_EQ(with(9, 17), Reject::not_icmp);
  EXPECT_EQ(with(20, 8), Reject::wrong_checksum);
  EXPECT_EQ(with(40, 0x55), Reject::wrong_checksum);
}

TEST(Packet, OtherTypesAreOtherPeoplesTraffic) {
  for (const int type : {4, 5, 8, 13, 255}) {
    Raw message = echo_reply(Family::ipv4, echo, 56);
    message[0] = static_cast<std::uint8_t>(type);
    fix_checksum(message);
    EXPECT_EQ(reason_of(decode(Form::ipv4, message)), Reject::not_a_reply) << type;
  }
  Raw message = echo_reply(Family::ipv6, echo, 56);
  message[0] = 128;
  EXPECT_EQ(reason_of(decode(Form::ipv6, message)), Reject::not_a_reply);
  message[0] = 129;
  message[1] = 1;
  EXPECT_EQ(reason_of(decode(Form::ipv6, message)), Reject::not_a_reply)
      << "a code that no reply has";
}

Raw request(Family family) {
  Raw packet(icmp_header_size + 56);
  encode_request(family, echo, packet);
  return packet;
}

TEST(IcmpErrors, QuoteIsReadAsFarAsItGoes) {
  const Raw quote = ipv4_datagram(here, there, request(Family::ipv4));
  for (std::size_t size = 0; size <= quote.size(); ++size) {
    const Raw message =
        icmp_error(Family::ipv4, 3, 1, Raw(quote.begin(), quote.begin() + static_cast<int>(size)));
    const Decoded decoded = decode(Form::ipv4, message);
    if (size < 28) {
      EXPECT_EQ(reason_of(decoded), Reject::truncated_quote) << size;
      continue;
    }
    const auto& error = std::get<IcmpError>(decoded);
    EXPECT_EQ(error.type, 3);
    EXPECT_EQ(error.code, 1);
    EXPECT_EQ(error.destination, there);
    EXPECT_EQ(error.identifier, echo.identifier);
    EXPECT_EQ(error.sequence, echo.sequence);
    EXPECT_EQ(error.stamp.has_value(), size >= 40) << size;
    EXPECT_EQ(error.stamp.value_or(echo.stamp), echo.stamp);
  }
}

TEST(IcmpErrors, QuoteOfIpv6IsReadAsFarAsItGoes) {
  const Raw quote = ipv6_datagram(here6, there6, request(Family::ipv6));
  for (std::size_t size = 0; size <= quote.size(); ++size) {
    const Raw message =
        icmp_error(Family::ipv6, 1, 4, Raw(quote.begin(), quote.begin() + static_cast<int>(size)));
    const Decoded decoded = decode(Form::ipv6, message);
    if (size < 48) {
      EXPECT_EQ(reason_of(decoded), Reject::truncated_quote) << size;
      continue;
    }
    const auto& error = std::get<IcmpError>(decoded);
    EXPECT_EQ(error.destination, there6);
    EXPECT_EQ(error.identifier, echo.identifier);
    EXPECT_EQ(error.stamp.has_value(), size >= 60) << size;
  }
}

// A ping socket's kernel hands over type, code, destination and what was quoted of the request.
TEST(IcmpErrors, OfTheErrorQueueAreTheSame) {
  for (const auto& [family, type] : {std::pair{Family::ipv4, 11}, {Family::ipv6, 3}}) {
    const Address& to = family == Family::ipv4 ? there : there6;
    const auto of_first = [&, family = family, type = type](const Raw& bytes, std::size_t size) {
      return decode_reported(family, static_cast<std::uint8_t>(type), 0, to,
                             std::span(bytes).first(size));
    };
    const Raw quoted = request(family);
    for (std::size_t size = 0; size <= quoted.size(); ++size) {
      const Decoded decoded = of_first(quoted, size);
      if (size < 8) {
        EXPECT_EQ(reason_of(decoded), Reject::truncated_quote) << size;
        continue;
      }
      const auto& error = std::get<IcmpError>(decoded);
      EXPECT_EQ(error.type, type);
      EXPECT_EQ(error.destination, to);
      EXPECT_EQ(error.identifier, echo.identifier);
      EXPECT_EQ(error.stamp.has_value(), size >= 20) << size;
    }
    EXPECT_EQ(reason_of(of_first(echo_reply(family, echo, 56), 64)), Reject::foreign_quote);
    EXPECT_EQ(reason_of(decode_reported(family, family == Family::ipv4 ? 5 : 137, 0, to, quoted)),
              Reject::not_a_reply)
        << "a redirect loses nothing";
  }
}

TEST(IcmpErrors, QuotesOfOtherTrafficAreForeign) {
  const auto reason = [](const Raw& quote) {
    return reason_of(decode(Form::ipv4, icmp_error(Family::ipv4, 3, 3, quote)));
  };
  EXPECT_EQ(reason(ipv4_datagram(here, there, request(Family::ipv4), 17)), Reject::foreign_quote);
  EXPECT_EQ(reason(ipv4_datagram(here, there, echo_reply(Family::ipv4, echo, 56))),
            Reject::foreign_quote);
  EXPECT_EQ(reason(ipv6_datagram(here6, there6, request(Family::ipv6))), Reject::foreign_quote);
  Raw udp = ipv6_datagram(here6, there6, request(Family::ipv6));
  udp[6] = 17;
  EXPECT_EQ(reason_of(decode(Form::ipv6, icmp_error(Family::ipv6, 1, 4, udp))),
            Reject::foreign_quote);
}

TEST(Reject, EachReasonHasItsOwnText) {
  std::set<std::string_view> texts;
  for (std::size_t i = 0; i < reject_count; ++i) texts.insert(to_text(static_cast<Reject>(i)));
  EXPECT_EQ(texts.size(), reject_count);
  EXPECT_EQ(to_text(Reject::wrong_source), "wrong source") << "the last one: the table is in step";
}

TEST(AddressText, NumbersAndNothingElse) {
  EXPECT_EQ(to_text(address("127.0.0.1")), "127.0.0.1");
  EXPECT_EQ(to_text(address("2001:DB8:0:0::1")), "2001:db8::1");
  EXPECT_EQ(to_text(address("fe80::1%7")), "fe80::1%7");
  for (const char* text :
       {"", "localhost", "127.0.0.1 ", "1.2.3", "fe80::1%", "fe80::1%no-such-interface", "::1%0"}) {
    EXPECT_FALSE(parse_address(text)) << text;
  }
  EXPECT_TRUE(address("fe80::1%7").same_host(address("fe80::1")));
  EXPECT_FALSE(address("127.0.0.1").same_host(address("7f00:1::")));
}

}  // namespace
}  // namespace weir::icmp_source::testing
