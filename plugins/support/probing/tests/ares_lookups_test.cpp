// SPDX-License-Identifier: Apache-2.0
// Against a DNS server on loopback that the test itself is.
#include "ares_lookups.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>

#include "testing/dns_server.hpp"

namespace weir::probing {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// Knows works.test (192.0.2.7 for 300 s, 2001:db8::7 for 40 s); silent.test gets no answer, others
// do not exist.
struct Server : testing::DnsServer {
  Server() : DnsServer(answer) {}

  static Answer answer(const testing::DnsQuestion& question) {
    using namespace testing;
    if (question.name.starts_with("silent")) return {};
    if (question.name != "works.test.") return {DnsReply(question, dns_nxdomain).bytes()};
    DnsReply reply(question);
    if (question.type == dns_a) {
      reply.add_address("192.0.2.7", 300);
    } else {
      reply.add_address("2001:db8::7", 40);
    }
    return {reply.bytes()};
  }
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
  const Server server;
  const auto service = ares_lookups(server.place());
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
  const Server server;
  const auto service = ares_lookups(server.place());
  for (std::size_t i = 0; i < 20; ++i)
    service->start(i, "silent-" + std::to_string(i) + ".test", FamilyChoice::any);
  service->start(99, "works.test", FamilyChoice::ipv4);
  const auto found = collect(*service, 1);
  ASSERT_TRUE(found.contains(99)) << "the name that has an answer comes first";
}

TEST(AresLookups, AServerThatIsNotThereIsToldAndAskedAgain) {
  Server server;
  const auto service = ares_lookups(server.place());
  server.refuse(true);
  service->start(1, "works.test", FamilyChoice::ipv4);
  EXPECT_TRUE(collect(*service, 1)[1].addresses.empty());
  EXPECT_EQ(server.asked(), 0) << "refused by the kernel";
  server.refuse(false);
  service->start(2, "works.test", FamilyChoice::ipv4);
  auto found = collect(*service, 1);
  ASSERT_EQ(found[2].addresses.size(), 1U) << found[2].error;
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
