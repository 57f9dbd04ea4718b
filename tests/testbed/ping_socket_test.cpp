// SPDX-License-Identifier: Apache-2.0
// A ping socket is told of the ICMP errors of a router, and loses no other probe by them: the
// kernel hands each error to whichever call comes next.
#include <gtest/gtest.h>
#include <poll.h>

#include <chrono>
#include <fstream>
#include <nlohmann/json.hpp>

#include "core/testpath/path.hpp"
#include "prober.hpp"
#include "socket_linux.hpp"
#include "tests/support/program.hpp"

namespace weir::testbed {
namespace {

using namespace icmp_source;
using core::testpath::PathSettings;
using core::testpath::run_in_path;
using nlohmann::json;

constexpr int no_socket = 77;

Nanos steady() { return std::chrono::steady_clock::now().time_since_epoch(); }
Nanos utc() { return std::chrono::system_clock::now().time_since_epoch(); }

/// Of this network: who may have ping sockets, by group. Root inside a user namespace is the only
/// group that it knows.
void allow_ping_sockets() { std::ofstream("/proc/sys/net/ipv4/ping_group_range") << "0 0"; }

/// The second network sends on what is not for it, by the way that it came: a router in a loop.
int forward_until_killed() {
  for (const char* file :
       {"/proc/sys/net/ipv4/ip_forward", "/proc/sys/net/ipv6/conf/all/forwarding"})
    std::ofstream(file) << 1;
  // Else the kernel sends only one error a second.
  for (const char* file :
       {"/proc/sys/net/ipv4/icmp_ratelimit", "/proc/sys/net/ipv6/icmp/ratelimit"})
    std::ofstream(file) << 0;
  ::poll(nullptr, 0, 600'000);
  return 0;
}

/// Two targets: one that answers, and one that the router of the loop gives up.
int probe(Family family, const std::filesystem::path& report) {
  allow_ping_sockets();
  OpenSocket opened = open_socket(family, SocketKind::ping, 0);
  if (!opened.fd.valid()) return no_socket;
  LinuxSocket socket(std::move(opened), 56, steady);
  const bool v4 = family == Family::ipv4;
  ProberConfig config{.profiles = {{.interval = std::chrono::milliseconds(100), .count = 5},
                                   {.interval = std::chrono::milliseconds(100),
                                    .count = 5,
                                    .packet = {.hop_limit = 1}}},
                      .profile_of = {0, 1},
                      .timeout = std::chrono::seconds(2),
                      .tick = std::chrono::milliseconds(1),
                      .key = {3, 4}};
  Prober prober(std::move(config), {&socket});
  prober.set_address(0, parse_address(v4 ? "10.77.0.2" : "fd77::2"));
  prober.set_address(1, parse_address(v4 ? "10.77.9.9" : "fd77::9:9"));
  const FileDescriptor watched = watch({&socket});
  json said{{"type", -1}, {"code", -1}, {"answered", 0}, {"errors_of_the_answering", 0}};
  const Nanos end = steady() + std::chrono::seconds(60);
  const auto enough = [&] {
    return prober.counters().icmp_errors >= 20 && said["type"] >= 0 && said["answered"] >= 20;
  };
  while (!enough() && steady() < end) {
    prober.step({.monotonic = steady(), .utc = utc()});
    for (IntervalRow row; prober.next_row(row);) {
      if (row.tally == nullptr) continue;
      if (row.slot == 0) {
        said["answered"] = said["answered"].get<int>() + row.tally->loss.received;
        said["errors_of_the_answering"] =
            said["errors_of_the_answering"].get<int>() + row.tally->icmp_errors;
      } else if (row.tally->icmp_errors > 0) {
        said["type"] = row.tally->icmp_type;
        said["code"] = row.tally->icmp_code;
      }
    }
    const auto wait =
        std::chrono::ceil<std::chrono::milliseconds>(prober.next_wake() - steady()).count();
    pollfd look{.fd = watched.get(), .events = POLLIN, .revents = 0};
    ::poll(&look, 1, static_cast<int>(std::clamp<std::int64_t>(wait, 0, 100)));
  }
  said["icmp_errors"] = prober.counters().icmp_errors;
  said["send_failed"] = prober.counters().send_failed;
  std::ofstream(report) << said;
  return 0;
}

class PingSocket : public ::testing::TestWithParam<Family> {};

TEST_P(PingSocket, IsToldOfIcmpErrors) {
  if (const auto reason = core::testpath::why_no_path()) GTEST_SKIP() << *reason;
  const test::TemporaryFolder folder;
  PathSettings settings{.impairments = {}, .log = folder / "truth", .forward = true};
  settings.limit = std::chrono::seconds(120);
  const int code = run_in_path(
      settings, [&] { return probe(GetParam(), folder / "report"); }, forward_until_killed);
  if (code == no_socket) GTEST_SKIP() << "no ping socket of this family here";
  ASSERT_EQ(code, 0);
  const json said = json::parse(test::read_text(folder / "report"));
  EXPECT_GE(said["icmp_errors"], 20) << said;
  EXPECT_EQ(said["type"], GetParam() == Family::ipv4 ? 11 : 3) << "time exceeded";
  EXPECT_EQ(said["code"], 0);
  EXPECT_GE(said["answered"], 20) << said;
  EXPECT_EQ(said["errors_of_the_answering"], 0) << said;
  EXPECT_EQ(said["send_failed"], 0) << said;
}

INSTANTIATE_TEST_SUITE_P(Families, PingSocket, ::testing::Values(Family::ipv4, Family::ipv6),
                         [](const auto& tested) {
                           return tested.param == Family::ipv4 ? "ipv4" : "ipv6";
                         });

}  // namespace
}  // namespace weir::testbed
