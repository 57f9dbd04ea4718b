// SPDX-License-Identifier: Apache-2.0
#include "dns_server.hpp"

#include <array>

namespace weir::dns_source::testing {
namespace {

constexpr std::size_t header = 12;
constexpr std::uint8_t servfail = 2;
constexpr std::uint8_t nxdomain = 3;

std::string name_of(const Bytes& question, std::size_t& at) {
  std::string name;
  for (; at < question.size() && question[at] != 0; at += 1U + question[at]) {
    for (std::size_t i = 1; i <= question[at] && at + i < question.size(); ++i)
      name += static_cast<char>(question[at + i]);
    name += '.';
  }
  ++at;
  return name;
}

// Its name points to the question's.
void add_record(Bytes& reply, std::uint8_t type, std::uint16_t ttl, const Bytes& data) {
  for (const int byte : {0xc0, int{header}, 0, int{type}, 0, 1, 0, 0, ttl >> 8, ttl & 0xff, 0,
                         static_cast<int>(data.size())}) {
    reply.push_back(static_cast<std::uint8_t>(byte));
  }
  reply.insert(reply.end(), data.begin(), data.end());
  ++reply[7];
}

}  // namespace

Bytes answer(const Bytes& question) {
  std::size_t at = header;
  const std::string name = name_of(question, at);
  if (at + 4 > question.size() || name == "silent.test.") return {};
  const std::uint8_t type = question[at + 1];
  Bytes reply(question.begin(), question.begin() + static_cast<std::ptrdiff_t>(at) + 4);
  reply[2] = 0x81;
  reply[3] = 0x80;
  for (std::size_t count = 6; count < header; ++count) reply[count] = 0;
  if (name == "works.test.") {
    if (type == 1) {
      add_record(reply, 5, 60, {0xc0, header});
      add_record(reply, 1, 300, {192, 0, 2, 7});
      add_record(reply, 1, 300, {192, 0, 2, 8});
    }
    if (type == 15) add_record(reply, 15, 40, {0, 10, 0xc0, header});
  } else if (name == "broken.test.") {
    reply[3] |= servfail;
  } else if (name == "cut.test.") {
    reply[7] = 2;
  } else {
    reply[3] |= nxdomain;
  }
  return reply;
}

void DnsServer::serve() {
  while (!stopping_) {
    pollfd watched{.fd = socket_.fd(), .events = POLLIN, .revents = 0};
    if (::poll(&watched, 1, 20) <= 0) continue;
    std::array<std::uint8_t, 1500> bytes{};
    sockaddr_in from{};
    socklen_t size = sizeof from;
    auto* sender = reinterpret_cast<sockaddr*>(&from);
    const ssize_t got = ::recvfrom(socket_.fd(), bytes.data(), bytes.size(), 0, sender, &size);
    if (got < static_cast<ssize_t>(header)) continue;
    ++asked_;
    const Bytes reply = answer(Bytes(bytes.begin(), bytes.begin() + got));
    if (!reply.empty()) ::sendto(socket_.fd(), reply.data(), reply.size(), 0, sender, size);
  }
}

}  // namespace weir::dns_source::testing
