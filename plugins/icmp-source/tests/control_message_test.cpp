// SPDX-License-Identifier: Apache-2.0
#include "control_message.hpp"

#include <gtest/gtest.h>
#include <linux/errqueue.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cstring>
#include <tuple>
#include <vector>

namespace weir::icmp_source {
namespace {

using Bytes = std::vector<std::uint8_t>;

// By the macros of the C library, which the code under test does without.
template <typename Value>
void append(Bytes& bytes, int level, int type, const Value& value) {
  const std::size_t at = bytes.size();
  bytes.resize(at + CMSG_SPACE(sizeof value));
  cmsghdr header{};
  header.cmsg_len = CMSG_LEN(sizeof value);
  header.cmsg_level = level;
  header.cmsg_type = type;
  std::memcpy(&bytes[at], &header, sizeof header);
  std::memcpy(&bytes[at + CMSG_LEN(0)], &value, sizeof value);
}

using Stamps = std::array<timespec, 3>;

Bytes report(std::uint32_t stage, std::uint32_t id,
             std::uint8_t origin = SO_EE_ORIGIN_TIMESTAMPING) {
  Bytes bytes;
  append(bytes, SOL_SOCKET, SCM_TIMESTAMPING, Stamps{timespec{1'700'000'000, 5}});
  sock_extended_err error{};
  error.ee_origin = origin;
  error.ee_info = stage;
  error.ee_data = id;
  append(bytes, IPPROTO_IP, IP_RECVERR, error);
  return bytes;
}

TEST(ParseControl, ReportOfSending) {
  const ReceivedControl found = parse_control(report(SCM_TSTAMP_SCHED, 77));
  EXPECT_EQ(found.stamp, std::chrono::seconds(1'700'000'000) + Nanos{5});
  ASSERT_TRUE(found.report);
  EXPECT_EQ(found.report->stage, Stage::queued);
  EXPECT_EQ(found.report->id, 77U);
  EXPECT_EQ(parse_control(report(SCM_TSTAMP_SND, 0xffffffff)).report->stage, Stage::sent);
  EXPECT_FALSE(parse_control(report(SCM_TSTAMP_ACK, 1)).report);
  EXPECT_FALSE(parse_control(report(SCM_TSTAMP_SND, 1, SO_EE_ORIGIN_ICMP)).report)
      << "an ICMP error is no report of sending";
}

TEST(ParseControl, AnIcmpErrorOfAPingSocket) {
  for (const auto& [level, type, origin] :
       {std::tuple{IPPROTO_IP, IP_RECVERR, SO_EE_ORIGIN_ICMP},
        std::tuple{IPPROTO_IPV6, IPV6_RECVERR, SO_EE_ORIGIN_ICMP6}}) {
    // The kernel writes the address of who sent the error behind it.
    struct {
      sock_extended_err error{};
      sockaddr_in6 offender{};
    } said;
    said.error.ee_origin = static_cast<std::uint8_t>(origin);
    said.error.ee_type = 11;
    said.error.ee_code = 1;
    Bytes bytes;
    append(bytes, level, type, said);
    const ReceivedControl found = parse_control(bytes);
    ASSERT_TRUE(found.error);
    EXPECT_EQ(found.error->type, 11);
    EXPECT_EQ(found.error->code, 1);
    EXPECT_FALSE(found.report);
  }
  EXPECT_FALSE(parse_control(report(SCM_TSTAMP_SND, 1)).error);
  EXPECT_FALSE(parse_control(report(0, 0, SO_EE_ORIGIN_LOCAL)).error)
      << "this host's own refusal is told by the call that fails";
}

TEST(ParseControl, StampAndDropsOfAReply) {
  Bytes bytes;
  append(bytes, SOL_SOCKET, SO_RXQ_OVFL, std::uint32_t{9});
  append(bytes, SOL_SOCKET, SCM_TIMESTAMPNS, timespec{12, 34});
  const ReceivedControl found = parse_control(bytes);
  EXPECT_EQ(found.dropped, 9U);
  EXPECT_EQ(found.stamp, std::chrono::seconds(12) + Nanos{34});
  EXPECT_FALSE(found.report);
}

TEST(ParseControl, WhatIsCutShortIsNotThere) {
  const Bytes whole = report(SCM_TSTAMP_SND, 3);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const ReceivedControl found = parse_control(std::span(whole).first(size));
    if (size < CMSG_LEN(sizeof(Stamps))) {
      EXPECT_FALSE(found.stamp) << size;
    }
    if (size < CMSG_SPACE(sizeof(Stamps)) + CMSG_LEN(sizeof(sock_extended_err))) {
      EXPECT_FALSE(found.report) << size;
    }
  }
}

TEST(ParseControl, LengthsThatLieAreNotFollowed) {
  for (const std::size_t length :
       {std::size_t{0}, std::size_t{15}, ~std::size_t{0}, std::size_t{4096}}) {
    Bytes bytes = report(SCM_TSTAMP_SND, 3);
    std::memcpy(bytes.data(), &length, sizeof length);
    EXPECT_FALSE(parse_control(bytes).stamp) << length;
  }
}

TEST(ParseControl, TimesThatCannotBeAreNone) {
  for (const timespec time : {timespec{0, 0}, timespec{-1, 0}, timespec{1, -1},
                              timespec{1, 1'000'000'000}, timespec{9'000'000'000'000, 0}}) {
    Bytes bytes;
    append(bytes, SOL_SOCKET, SCM_TIMESTAMPNS, time);
    EXPECT_FALSE(parse_control(bytes).stamp) << time.tv_sec;
  }
}

TEST(WriteControl, AllOptionsFitAndNoneIsNothing) {
  SendControl control;
  PacketOptions options{.traffic_class = 184,
                        .hop_limit = 3,
                        .dont_fragment = true,
                        .source = parse_address("2001:db8::1"),
                        .interface = 2};
  EXPECT_EQ(write_control(Family::ipv6, nullptr, true, control), 0U);
  const std::size_t most = write_control(Family::ipv6, &options, false, control);
  EXPECT_LE(most, send_control_size);
  EXPECT_EQ(write_control(Family::ipv6, &options, true, control),
            3 * CMSG_SPACE(sizeof(int)) + CMSG_SPACE(sizeof(in6_pktinfo)));
  EXPECT_EQ(write_control(Family::ipv4, &options, true, control),
            2 * CMSG_SPACE(sizeof(int)) + CMSG_SPACE(sizeof(in_pktinfo)))
      << "IPv4's don't-fragment is of the socket, and the source is not of its family";
  cmsghdr header{};
  std::memcpy(&header, control.bytes.data(), sizeof header);
  EXPECT_EQ(header.cmsg_level, IPPROTO_IP);
  EXPECT_EQ(header.cmsg_type, IP_TOS);
  EXPECT_EQ(header.cmsg_len, CMSG_LEN(sizeof(int)));
}

}  // namespace
}  // namespace weir::icmp_source
