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

Opened open_if_allowed(const Case& given, std::size_t payload) {
  Opened opened = open_socket(given.family, given.kind, payload, 0x5a17, steady);
  if (opened.socket || given.kind != SocketKind::ping) return opened;
  allow_ping_sockets_here();
  return open_socket(given.family, given.kind, payload, 0x5a17, steady);
}

class Loopback : public ::testing::TestWithParam<Case> {
 protected:
  // Runs a prober until it gave `count` reports, for at most ten seconds.
  static std::vector<IntervalReport> run(Prober& prober, int fd, std::size_t count) {
    std::vector<IntervalReport> reports;
    const Nanos end = steady() + seconds(10);
    while (reports.size() < count && steady() < end) {
      prober.step({.monotonic = steady(), .utc = utc()});
      while (auto report = prober.take_report()) reports.push_back(std::move(*report));
      pollfd watched{.fd = fd, .events = POLLIN, .revents = 0};
      const auto wait = std::chrono::ceil<milliseconds>(prober.next_wake() - steady()).count();
      ::poll(&watched, 1, static_cast<int>(std::clamp<std::int64_t>(wait, 0, 100)));
    }
    return reports;
  }
};

TEST_P(Loopback, EveryProbeComesBack) {
  const Case& given = GetParam();
  for (const std::size_t payload : {minimum_payload, std::size_t{56}, std::size_t{4000}}) {
    auto [socket, error] = open_if_allowed(given, payload);
    if (!socket) {
      GTEST_SKIP() << "no " << (given.kind == SocketKind::raw ? "raw" : "ping") << " socket for IPv"
                   << (given.family == Family::ipv4 ? 4 : 6) << " here: " << std::strerror(error)
                   << "; " << remedy("<this test>");
    }
    EXPECT_EQ(socket->kind(), given.kind);
    EXPECT_TRUE(given.kind == SocketKind::ping || socket->identifier() == 0x5a17);
    ProberConfig config{.targets = given.targets.size(),
                        .interval = milliseconds(50),
                        .timeout = seconds(2),
                        .count = 5,
                        .payload = payload,
                        .key = {3, 4}};
    Prober prober(config, {socket.get()});
    for (std::size_t i = 0; i < given.targets.size(); ++i) {
      prober.set_address(i, parse_address(given.targets[i]));
    }
    const FileDescriptor watched = watch({socket.get()});
    ASSERT_TRUE(watched.valid());
    const auto reports = run(prober, watched.get(), 6);
    ASSERT_GE(reports.size(), 6U);
    std::int64_t sent = 0;
    for (const auto& report : reports) {
      EXPECT_EQ(report.label % milliseconds(50), Nanos{});
      for (const auto& row : report.rows) {
        EXPECT_EQ(row.summary.received, row.summary.sent) << given.targets[row.target];
        EXPECT_GT(row.summary.rtt_min_ms.value(), 0);
        EXPECT_LT(row.summary.rtt_max_ms.value(), 2000);
        sent += row.summary.sent;
      }
    }
    EXPECT_GE(sent, static_cast<std::int64_t>(given.targets.size() * 5 * 5));
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
         (info.param.family == Family::ipv4 ? "_ipv4" : "_ipv6");
}

INSTANTIATE_TEST_SUITE_P(
    Sockets, Loopback,
    ::testing::Values(Case{Family::ipv4, SocketKind::raw, {"127.0.0.1", "127.0.0.2", "127.9.8.7"}},
                      Case{Family::ipv4, SocketKind::ping, {"127.0.0.1", "127.0.0.2"}},
                      Case{Family::ipv6, SocketKind::raw, {"::1"}},
                      Case{Family::ipv6, SocketKind::ping, {"::1"}}),
    case_name);

TEST(LoopbackErrors, APacketThatIsTooLargeFailsAlone) {
  auto [socket, error] = open_socket(Family::ipv4, SocketKind::any, 56, 1, steady);
  if (!socket)
    GTEST_SKIP() << "no ICMP socket here: " << std::strerror(error) << "; "
                 << remedy("<this test>");
  const Address to = parse_address("127.0.0.1").value();
  std::vector<std::uint8_t> good(icmp_header_size + 56);
  encode_request(Family::ipv4, {.identifier = socket->identifier(), .sequence = 1, .stamp = {}},
                 good);
  const std::vector<std::uint8_t> huge(70'000);
  std::vector<Outgoing> requests{
      {.to = to, .packet = good}, {.to = to, .packet = huge}, {.to = to, .packet = good}};
  const Nanos before = steady();
  socket->send(requests);
  EXPECT_EQ(requests[0].error, 0);
  EXPECT_EQ(requests[1].error, EMSGSIZE);
  EXPECT_EQ(requests[2].error, 0) << "those behind it are sent";
  for (const Outgoing& request : requests) EXPECT_GE(request.sent_at, before);
}

}  // namespace
}  // namespace weir::icmp_source
