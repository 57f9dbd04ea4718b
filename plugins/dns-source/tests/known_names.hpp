// SPDX-License-Identifier: Apache-2.0
// A DNS server that knows a few names and misbehaves for others.
#pragma once

#include <array>
#include <cstdint>

#include "testing/dns_server.hpp"

namespace weir::dns_source::testing {

using probing::testing::Bytes;

/// The answer to a question, or nothing, which is silence:
///   works.test    A: an alias (60 s) to two addresses (300 s); MX: one (40 s); else no data
///   silent.test   silence
///   broken.test   a server failure
///   cut.test      two answers announced and none there
///   others        no such name
[[nodiscard]] inline Bytes answer(const probing::testing::DnsQuestion& question) {
  using namespace probing::testing;
  constexpr std::array<std::uint8_t, 2> itself{0xc0, 12};
  constexpr std::array<std::uint8_t, 4> mail{0, 10, 0xc0, 12};
  if (question.name == "silent.test.") return {};
  if (question.name == "broken.test.") return DnsReply(question, dns_servfail).bytes();
  if (question.name == "cut.test.") return DnsReply(question).announce(2).bytes();
  if (question.name != "works.test.") return DnsReply(question, dns_nxdomain).bytes();
  DnsReply reply(question);
  if (question.type == dns_a) {
    reply.add(dns_cname, 60, itself);
    reply.add_address("192.0.2.7", 300).add_address("192.0.2.8", 300);
  }
  if (question.type == dns_mx) reply.add(dns_mx, 40, mail);
  return reply.bytes();
}

struct Server : probing::testing::DnsServer {
  Server()
      : DnsServer(
            [](const probing::testing::DnsQuestion& asked) { return Answer{answer(asked)}; }) {}
};

}  // namespace weir::dns_source::testing
