// SPDX-License-Identifier: Apache-2.0
// Real packets, to loopback only: what the fake network cannot show about sockets and the kernel.
#include <gtest/gtest.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <fstream>
#include <map>
#include <set>
#include <string>

#include "prober.hpp"
#include "socket_linux.hpp"

namespace weir::icmp_source {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

Nanos steady() { return std::chrono::steady_clock::now().time_since_epoch(); }
Nanos utc() { return std::chrono::system_clock::now().time_since_epoch(); }

struct Case {
  Family family;
  SocketKind kind;
  std::vector<std::string> targets;
  bool stamps = true;
};

struct Row {
  Nanos label;
  std::uint32_t slot;
  std::int64_t sent, received, stamped;
  double rtt_min_ms, rtt_max_ms, path_ms;
};

// Ping sockets are closed by default, but root may open them in a network namespace of its own,
// which dies with this process and changes nothing outside of it.
void allow_ping_sockets_here() {
  if (::unshare(CLONE_NEWNET) != 0) return;
  std::ofstream("/proc/sys/net/ipv4/ping_group_range") << "0 2147483647";
  const FileDescriptor any(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  ifreq request{};
  std::strcpy(request.ifr_name, "lo");
  request.ifr_flags = IFF_UP | IFF_RUNNING;
  if (::ioctl(any.get(), SIOCSIFFLAGS, &request) != 0)
    ADD_FAILURE() << "lo: " << std::strerror(errno);
}

OpenSocket open_if_allowed(const Case& given) {
  OpenSocket opened = open_socket(given.family, given.kind, 0x5a17, given.stamps);
  if (opened.fd.valid() || given.kind != SocketKind::ping) return opened;
  allow_ping_sockets_here();
  return open_socket(given.family, given.kind, 0x5a17, given.stamps);
}

class Loopback : public ::testing::TestWithParam<Case> {
 protected:
  // Runs a prober until it gave rows of `count` labels, for at most ten seconds.
  static std::vector<Row> run(Prober& prober, int fd, std::size_t count) {
    std::vector<Row> rows;
    std::set<Nanos> labels;
    const Nanos end = steady() + seconds(10);
    while (labels.size() < count && steady() < end) {
      prober.step({.monotonic = steady(), .utc = utc()});
      IntervalRow row;
      while (prober.next_row(row)) {
        labels.insert(row.label);
        const Tally& tally = *row.tally;
        rows.push_back({row.label, row.slot, tally.loss.sent, tally.loss.received, tally.stamped,
                        tally.rtt.min_ms().value_or(-1), tally.rtt.max_ms().value_or(-1),
                        tally.path_ms.value()});
      }
      pollfd watched{.fd = fd, .events = POLLIN, .revents = 0};
      const auto wait = std::chrono::ceil<milliseconds>(prober.next_wake() - steady()).count();
      ::poll(&watched, 1, static_cast<int>(std::clamp<std::int64_t>(wait, 0, 100)));
    }
    EXPECT_EQ(labels.size(), count);
    return rows;
  }
};

TEST_P(Loopback, EveryProbeComesBack) {
  const Case& given = GetParam();
  for (const std::size_t payload : {minimum_payload, std::size_t{56}, std::size_t{4000}}) {
    OpenSocket opened = open_if_allowed(given);
    if (!opened.fd.valid()) {
      GTEST_SKIP() << "no " << (given.kind == SocketKind::raw ? "raw" : "ping") << " socket for IPv"
                   << (given.family == Family::ipv4 ? 4 : 6)
                   << " here: " << std::strerror(opened.error) << "; " << remedy("<this test>");
    }
    const bool stamps = opened.stamps_sending;
    EXPECT_TRUE(!stamps || given.stamps);
    LinuxSocket socket(std::move(opened), payload, steady);
    EXPECT_EQ(socket.kind(), given.kind);
    EXPECT_TRUE(given.kind == SocketKind::ping || socket.identifier() == 0x5a17);
    ProberConfig config{.profiles = {{.interval = milliseconds(50),
                                      .count = 5,
                                      .payload = static_cast<std::uint32_t>(payload)}},
                        .profile_of = std::vector<std::uint16_t>(given.targets.size()),
                        .timeout = seconds(2),
                        .tick = milliseconds(1),
                        .key = {3, 4}};
    Prober prober(std::move(config), {&socket});
    for (std::uint32_t i = 0; i < given.targets.size(); ++i)
      prober.set_address(i, parse_address(given.targets[i]));
    const FileDescriptor watched = watch({&socket});
    ASSERT_TRUE(watched.valid());
    std::int64_t sent = 0;
    for (const Row& row : run(prober, watched.get(), 6)) {
      EXPECT_EQ(row.label % milliseconds(50), Nanos{});
      EXPECT_EQ(row.received, row.sent) << given.targets[row.slot];
      EXPECT_GT(row.rtt_min_ms, 0);
      EXPECT_LT(row.rtt_max_ms, 2000);
      EXPECT_EQ(row.stamped, stamps ? row.received : 0);
      if (stamps) {
        EXPECT_LE(row.path_ms, row.rtt_max_ms + 1e-3);
      }
      sent += row.sent;
    }
    // A machine that was busy for more than an interval skips what it could not send in it.
    EXPECT_GE(sent + static_cast<std::int64_t>(prober.counters().skipped),
              static_cast<std::int64_t>(given.targets.size() * 5 * 5));
    EXPECT_EQ(prober.counters().unstamped == 0, stamps);
    EXPECT_EQ(prober.counters().duplicates, 0U);
    EXPECT_EQ(prober.counters().send_failed, 0U);
    EXPECT_EQ(prober.counters().rejected_as(Reject::wrong_nonce), 0U);
    EXPECT_EQ(prober.counters().rejected_as(Reject::wrong_checksum), 0U);
    EXPECT_EQ(prober.counters().rejected_as(Reject::not_a_reply), 0U)
        << "the kernel filters our own requests";
  }
}

std::string case_name(const ::testing::TestParamInfo<Case>& info) {
  return std::string(info.param.kind == SocketKind::raw ? "raw" : "ping") +
         (info.param.family == Family::ipv4 ? "_ipv4" : "_ipv6") +
         (info.param.stamps ? "" : "_unstamped");
}

INSTANTIATE_TEST_SUITE_P(
    Sockets, Loopback,
    ::testing::Values(Case{Family::ipv4, SocketKind::raw, {"127.0.0.1", "127.0.0.2", "127.9.8.7"}},
                      Case{Family::ipv4, SocketKind::raw, {"127.0.0.1"}, false},
                      Case{Family::ipv4, SocketKind::ping, {"127.0.0.1", "127.0.0.2"}},
                      Case{Family::ipv6, SocketKind::raw, {"::1"}},
                      Case{Family::ipv6, SocketKind::ping, {"::1"}}),
    case_name);

// What a socket hands over until `count` stamps have come, for at most ten seconds.
std::vector<SendStamp> stamps_of(LinuxSocket& socket, std::size_t count) {
  std::vector<SendStamp> all;
  Received received;
  const Nanos end = steady() + seconds(10);
  while (all.size() < count && steady() < end) {
    socket.receive(received);
    all.insert(all.end(), received.stamps.begin(), received.stamps.end());
  }
  return all;
}

class LoopbackSend : public ::testing::Test {
 protected:
  void SetUp() override {
    OpenSocket opened = open_socket(Family::ipv4, SocketKind::any, 1);
    if (!opened.fd.valid()) {
      GTEST_SKIP() << "no ICMP socket here: " << std::strerror(opened.error) << "; "
                   << remedy("<this test>");
    }
    if (!opened.stamps_sending) GTEST_SKIP() << "this kernel does not stamp packets that leave";
    socket = std::make_unique<LinuxSocket>(std::move(opened), 56, steady);
    good.resize(icmp_header_size + 56);
    encode_request(Family::ipv4, {.identifier = socket->identifier(), .sequence = 1, .stamp = {}},
                   good);
  }
  [[nodiscard]] Outgoing request(std::uint32_t number) const {
    return {.to = parse_address("127.0.0.1").value(), .packet = good, .number = number};
  }
  std::unique_ptr<LinuxSocket> socket;
  std::vector<std::uint8_t> good;
};

TEST_F(LoopbackSend, APacketThatIsTooLargeFailsAloneAndStampsStayRight) {
  const std::vector<std::uint8_t> huge(70'000);
  std::vector<Outgoing> requests{request(10), request(11), request(12), request(13)};
  requests[1].packet = huge;
  const Nanos before = steady();
  socket->send(requests);
  EXPECT_EQ(requests[0].error, 0);
  EXPECT_EQ(requests[1].error, EMSGSIZE);
  EXPECT_EQ(requests[2].error, 0) << "those behind it are sent";
  for (const Outgoing& sent : requests) EXPECT_GE(sent.sent_at, before);
  std::vector<Outgoing> later{request(20), request(21)};
  socket->send(later);
  // The kernel's count began anew after the failure: numbers are still those of the requests, and
  // none is given to the one that failed.
  std::map<std::uint32_t, std::set<Stage>> stages;
  for (const SendStamp& stamp : stamps_of(*socket, 8)) {
    stages[stamp.number].insert(stamp.stage);
    EXPECT_GE(stamp.at, before - milliseconds(100));
    EXPECT_LE(stamp.at, steady() + milliseconds(100));
  }
  EXPECT_FALSE(stages.contains(11));
  for (const std::uint32_t number : {12U, 13U, 20U, 21U})
    EXPECT_EQ(stages[number].size(), 2U) << number;
}

TEST_F(LoopbackSend, OptionsOfAPacketReachTheKernel) {
  PacketOptions options{.traffic_class = 46 << 2,
                        .hop_limit = 7,
                        .dont_fragment = true,
                        .source = parse_address("127.0.0.9"),
                        .interface = ::if_nametoindex("lo")};
  std::vector<Outgoing> requests{request(1), request(2), request(3)};
  requests[0].options = &options;
  PacketOptions nowhere{.interface = 0x7fffffff};
  requests[1].options = &nowhere;
  socket->send(requests);
  EXPECT_EQ(requests[0].error, 0);
  EXPECT_NE(requests[1].error, 0) << "no interface has this index";
  EXPECT_EQ(requests[2].error, 0);
  if (socket->kind() != SocketKind::raw) return;
  // The reply goes to the source that was asked for.
  Received received;
  std::set<std::uint32_t> destinations;
  const Nanos end = steady() + seconds(10);
  while (destinations.size() < 2 && steady() < end) {
    socket->receive(received);
    for (const Incoming& datagram : received.datagrams) destinations.insert(datagram.bytes[19]);
  }
  EXPECT_EQ(destinations, (std::set<std::uint32_t>{1, 9}));
}

TEST_F(LoopbackSend, ARequestMayGoUnstamped) {
  std::vector<Outgoing> requests{request(1), request(2), request(3)};
  requests[1].stamped = false;
  socket->send(requests);
  std::set<std::uint32_t> numbers;
  for (const SendStamp& stamp : stamps_of(*socket, 4)) numbers.insert(stamp.number);
  EXPECT_EQ(numbers, (std::set<std::uint32_t>{1, 3}));
}

// What an instance of the node leaves behind does not reach the one that is made anew.
TEST_F(LoopbackSend, AnAdoptedSocketBeginsAnew) {
  std::vector<Outgoing> before{request(1), request(2), request(3)};
  socket->send(before);
  ASSERT_FALSE(stamps_of(*socket, 1).empty());
  socket->send(before);
  OpenSocket opened = adopt_socket(socket->fd(), Family::ipv4, 77);
  ASSERT_TRUE(opened.fd.valid());
  EXPECT_NE(opened.fd.get(), socket->fd()) << "the engine's stays open";
  EXPECT_EQ(opened.kind, socket->kind());
  EXPECT_EQ(opened.identifier, socket->kind() == SocketKind::raw ? 77 : socket->identifier());
  EXPECT_TRUE(opened.stamps_sending);
  EXPECT_GT(opened.receive_buffer, 0U);
  LinuxSocket anew(std::move(opened), 56, steady);
  Received received;
  anew.receive(received);
  EXPECT_TRUE(received.empty());
  std::vector<Outgoing> after{request(40), request(41)};
  anew.send(after);
  std::set<std::uint32_t> numbers;
  for (const SendStamp& stamp : stamps_of(anew, 4)) numbers.insert(stamp.number);
  EXPECT_EQ(numbers, (std::set<std::uint32_t>{40, 41}));
}

TEST(Adopt, WhatIsNoDescriptorIsRefused) {
  const OpenSocket refused = adopt_socket(-1, Family::ipv4, 1);
  EXPECT_FALSE(refused.fd.valid());
  EXPECT_EQ(refused.error, EBADF);
}

}  // namespace
}  // namespace weir::icmp_source
