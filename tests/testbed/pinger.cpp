// SPDX-License-Identifier: Apache-2.0
#include "pinger.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <fstream>

namespace weir::testbed {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t icmp_header = 8, payload = 16;
constexpr std::uint16_t identifier = 0x5a17;

struct Target {
  sockaddr_storage name{};
  socklen_t size = 0;
};

Target target_of(const std::string& address) {
  Target target;
  if (address.find(':') == std::string::npos) {
    sockaddr_in name{};
    name.sin_family = AF_INET;
    ::inet_pton(AF_INET, address.c_str(), &name.sin_addr);
    std::memcpy(&target.name, &name, target.size = sizeof name);
  } else {
    sockaddr_in6 name{};
    name.sin6_family = AF_INET6;
    ::inet_pton(AF_INET6, address.c_str(), &name.sin6_addr);
    std::memcpy(&target.name, &name, target.size = sizeof name);
  }
  return target;
}

void put_16(std::uint8_t* at, std::uint32_t value) {
  at[0] = static_cast<std::uint8_t>(value >> 8);
  at[1] = static_cast<std::uint8_t>(value);
}

std::array<std::uint8_t, icmp_header + payload> request_of(bool v6, std::uint32_t number) {
  std::array<std::uint8_t, icmp_header + payload> packet{};
  packet[0] = v6 ? 128 : 8;
  put_16(&packet[4], identifier);
  put_16(&packet[6], number);
  put_16(&packet[8], number >> 16);
  put_16(&packet[10], number);
  if (v6) return packet;  // the kernel writes the checksum of ICMPv6
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < packet.size(); i += 2) sum += packet[i] << 8 | packet[i + 1];
  while (sum >> 16 != 0) sum = (sum & 0xFFFF) + (sum >> 16);
  put_16(&packet[2], ~sum);
  return packet;
}

/// Writes down what has come; true: there was a reply.
bool receive(int fd, bool v6, std::ofstream& replies) {
  bool any = false;
  std::array<std::uint8_t, 2048> datagram{};
  ssize_t size = 0;
  while ((size = ::recv(fd, datagram.data(), datagram.size(), MSG_DONTWAIT)) > 0) {
    const std::size_t header = v6 ? 0 : std::size_t{datagram[0] & 0x0FU} * 4;
    if (static_cast<std::size_t>(size) < header + icmp_header + 4) continue;
    const std::uint8_t* icmp = datagram.data() + header;
    if (icmp[0] != (v6 ? 129 : 0) || (icmp[4] << 8 | icmp[5]) != identifier) continue;
    const std::uint32_t number =
        static_cast<std::uint32_t>(icmp[8]) << 24 | icmp[9] << 16 | icmp[10] << 8 | icmp[11];
    replies << number << '\n';
    any = true;
  }
  return any;
}

/// Waits until then, writing down what comes; the time of the last reply.
void wait(int fd, bool v6, Clock::time_point until, std::ofstream& replies,
          Clock::time_point& last) {
  for (auto now = Clock::now(); now < until; now = Clock::now()) {
    const auto left = std::chrono::nanoseconds(until - now);
    const timespec timeout{.tv_sec = left / std::chrono::seconds(1),
                           .tv_nsec = (left % std::chrono::seconds(1)).count()};
    pollfd watched{.fd = fd, .events = POLLIN, .revents = 0};
    ::ppoll(&watched, 1, &timeout, nullptr);
    if (receive(fd, v6, replies)) last = Clock::now();
  }
}

}  // namespace

int ping(const Pings& pings, const std::filesystem::path& file) {
  const bool v6 = pings.targets.front().find(':') != std::string::npos;
  const int fd = ::socket(v6 ? AF_INET6 : AF_INET, SOCK_RAW | SOCK_CLOEXEC,
                          v6 ? int{IPPROTO_ICMPV6} : int{IPPROTO_ICMP});
  if (fd < 0) return 77;
  const int room = 4 << 20;
  ::setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room);
  std::vector<Target> targets;
  for (const std::string& address : pings.targets) targets.push_back(target_of(address));
  std::ofstream replies(file);
  auto last = Clock::now();
  const auto start = last;
  for (std::uint32_t number = 0; number < pings.count; ++number) {
    wait(fd, v6, start + number * pings.spacing, replies, last);
    const auto packet = request_of(v6, number);
    const Target& to = targets[number % targets.size()];
    if (::sendto(fd, packet.data(), packet.size(), 0, reinterpret_cast<const sockaddr*>(&to.name),
                 to.size) < 0)
      return 1;
  }
  // The last look is after the time is up: what came while this process was not run counts.
  last = Clock::now();
  do {
    wait(fd, v6, last + pings.linger, replies, last);
    if (receive(fd, v6, replies)) last = Clock::now();
  } while (Clock::now() < last + pings.linger);
  ::close(fd);
  return replies.flush() ? 0 : 1;
}

std::vector<std::uint32_t> read_replies(const std::filesystem::path& replies) {
  std::ifstream file(replies);
  std::vector<std::uint32_t> numbers;
  std::uint32_t number = 0;
  while (file >> number) numbers.push_back(number);
  return numbers;
}

}  // namespace weir::testbed
