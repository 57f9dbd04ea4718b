// SPDX-License-Identifier: Apache-2.0
// Against a DNS server on loopback that the test itself is.
#include "ares_lookups.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <map>
#include <thread>
#include <vector>

namespace weir::probing {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

using Bytes = std::vector<std::uint8_t>;

// Knows works.test (192.0.2.7 for 300 s, 2001:db8::7 for 40 s); silent.test gets no answer, others
// do not exist (RFC 1035).
class DnsServer {
 public:
  DnsServer() : fd_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in name{};
    name.sin_family = AF_INET;
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof name;
    if (::bind(fd_, reinterpret_cast<sockaddr*>(&name), size) != 0 ||
        ::getsockname(fd_, reinterpret_cast<sockaddr*>(&name), &size) != 0) {
      ADD_FAILURE() << "no UDP port on loopback";
    }
    port_ = ntohs(name.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~DnsServer() {
    stopping_ = true;
    thread_.join();
    ::close(fd_);
  }
  DnsServer(const DnsServer&) = delete;
  DnsServer& operator=(const DnsServer&) = delete;
  [[nodiscard]] std::string servers() const { return "127.0.0.1:" + std::to_string(port_); }

 private:
  void serve() {
    while (!stopping_) {
      pollfd watched{fd_, POLLIN, 0};
      if (::poll(&watched, 1, 20) <= 0) continue;
      std::array<std::uint8_t, 512> query{};
      sockaddr_in from{};
      socklen_t size = sizeof from;
      const ssize_t got =
          ::recvfrom(fd_, query.data(), query.size(), 0, reinterpret_cast<sockaddr*>(&from), &size);
      if (got < 17) continue;
      const Bytes reply = answer(Bytes(query.begin(), query.begin() + got));
      if (reply.empty()) continue;
      ::sendto(fd_, reply.data(), reply.size(), 0, reinterpret_cast<sockaddr*>(&from), size);
    }
  }

  static Bytes answer(const Bytes& query) {
    std::string name;
    std::size_t at = 12;
    for (; at < query.size() && query[at] != 0; at += 1 + query[at])
      name += std::string(query.begin() + static_cast<std::ptrdiff_t>(at) + 1,
                          query.begin() + static_cast<std::ptrdiff_t>(at) + 1 + query[at]) +
              ".";
    const std::size_t end = at + 5;  // the root label, type and class
    const int type = query[at + 2];
    if (name.starts_with("silent")) return {};
    Bytes reply(query.begin(), query.begin() + static_cast<std::ptrdiff_t>(end));
    const bool known = name == "works.test.";
    const bool v4 = type == 1;
    reply[2] = 0x81;
    reply[3] = known ? 0x80 : 0x83;
    reply[6] = 0;
    reply[7] = known ? 1 : 0;
    reply[8] = reply[9] = reply[10] = reply[11] = 0;
    if (!known) return reply;
    const std::uint16_t ttl = v4 ? 300 : 40;
    const Address address = parse_address(v4 ? "192.0.2.7" : "2001:db8::7").value();
    const std::uint8_t length = v4 ? 4 : 16;
    for (const int byte : {0xc0, 12, 0, type, 0, 1, 0, 0, ttl >> 8, ttl & 0xff, 0, int{length}})
      reply.push_back(static_cast<std::uint8_t>(byte));
    reply.insert(reply.end(), address.bytes.begin(), address.bytes.begin() + length);
    return reply;
  }

  int fd_;
  std::uint16_t port_ = 0;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

// Until `count` lookups are done, for at most ten seconds.
std::map<std::size_t, Lookup> collect(LookupService& service, std::size_t count) {
  std::map<std::size_t, Lookup> all;
  const auto end = std::chrono::steady_clock::now() + seconds(10);
  while (all.size() < count && std::chrono::steady_clock::now() < end) {
    for (auto& done : service.wait(milliseconds(100))) all[done.id] = std::move(done.lookup);
  }
  return all;
}

TEST(AresLookups, AddressesWithTheirTimeToLive) {
  const DnsServer server;
  const auto service = ares_lookups(server.servers());
  service->start(1, "works.test", FamilyChoice::ipv4);
  service->start(2, "works.test", FamilyChoice::any);
  service->start(3, "nobody.test", FamilyChoice::any);
  auto found = collect(*service, 3);
  ASSERT_EQ(found.size(), 3U);
  ASSERT_EQ(found[1].addresses.size(), 1U) << found[1].error;
  EXPECT_EQ(to_text(found[1].addresses[0]), "192.0.2.7");
  EXPECT_EQ(found[1].ttl, seconds(300));
  EXPECT_EQ(found[2].addresses.size(), 2U) << found[2].error;
  EXPECT_EQ(found[2].ttl, seconds(40)) << "the shorter of the two";
  EXPECT_TRUE(found[3].addresses.empty());
  EXPECT_FALSE(found[3].error.empty());
}

TEST(AresLookups, ASilentServerHoldsUpNeitherOthersNorTheEnd) {
  const DnsServer server;
  const auto service = ares_lookups(server.servers());
  for (std::size_t i = 0; i < 20; ++i)
    service->start(i, "silent-" + std::to_string(i) + ".test", FamilyChoice::any);
  service->start(99, "works.test", FamilyChoice::ipv4);
  const auto found = collect(*service, 1);
  ASSERT_TRUE(found.contains(99)) << "the name that has an answer comes first";
}

TEST(AresLookups, WakeEndsAWait) {
  const auto service = ares_lookups("127.0.0.1:9");
  service->wake();
  EXPECT_TRUE(service->wait(seconds(3600)).empty());
}

TEST(AresLookups, LocalhostComesFromTheHostsFile) {
  const auto service = ares_lookups();
  service->start(0, "localhost", FamilyChoice::ipv4);
  const auto found = collect(*service, 1);
  ASSERT_EQ(found.size(), 1U);
  ASSERT_FALSE(found.at(0).addresses.empty()) << found.at(0).error;
  EXPECT_EQ(to_text(found.at(0).addresses[0]), "127.0.0.1");
}

}  // namespace
}  // namespace weir::probing
