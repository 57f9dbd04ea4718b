// SPDX-License-Identifier: Apache-2.0
// Opening and setting up of sockets; what they do then is socket_linux.cpp.
#include <fcntl.h>
#include <linux/icmp.h>
#include <linux/net_tstamp.h>
#include <linux/sock_diag.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "socket_linux.hpp"

namespace weir::icmp_source {
namespace {

template <typename Value>
bool set_option(int fd, int level, int name, const Value& value) {
  return ::setsockopt(fd, level, name, &value, sizeof value) == 0;
}

// The options below make a socket better or cheaper; none is needed for right results.
template <typename Value>
void try_option(int fd, int level, int name, const Value& value) {
  static_cast<void>(set_option(fd, level, name, value));
}

void keep_only_answers(int fd, Family family) {
  if (family == Family::ipv4) {
    icmp_filter filter{};
    filter.data = ~((1U << ICMP_ECHOREPLY) | (1U << ICMP_DEST_UNREACH) |
                    (1U << ICMP_TIME_EXCEEDED) | (1U << ICMP_PARAMETERPROB));
    try_option(fd, SOL_RAW, ICMP_FILTER, filter);
    return;
  }
  icmp6_filter filter{};
  ICMP6_FILTER_SETBLOCKALL(&filter);
  for (const int type : {ICMP6_ECHO_REPLY, ICMP6_DST_UNREACH, ICMP6_PACKET_TOO_BIG,
                         ICMP6_TIME_EXCEEDED, ICMP6_PARAM_PROB}) {
    ICMP6_FILTER_SETPASS(type, &filter);
  }
  try_option(fd, IPPROTO_ICMPV6, ICMP6_FILTER, filter);
}

// A ping socket is told of ICMP errors by its error queue alone.
void report_errors(int fd, Family family) {
  if (family == Family::ipv4) {
    try_option(fd, IPPROTO_IP, IP_RECVERR, int{1});
  } else {
    try_option(fd, IPPROTO_IPV6, IPV6_RECVERR, int{1});
  }
}

template <typename Value>
Value option_of(int fd, int name) {
  Value value{};
  socklen_t size = sizeof value;
  return ::getsockopt(fd, SOL_SOCKET, name, &value, &size) == 0 ? value : Value{};
}

std::size_t receive_buffer_of(int fd) {
  return static_cast<std::size_t>(std::max(option_of<int>(fd, SO_RCVBUF), 0));
}

// Room for a burst of replies and stamps; SO_RCVBUFFORCE goes past net.core.rmem_max with
// CAP_NET_ADMIN.
std::size_t enlarge_buffers(int fd) {
  constexpr int bytes = 4 << 20;
  try_option(fd, SOL_SOCKET, SO_RCVBUF, bytes);
  try_option(fd, SOL_SOCKET, SO_RCVBUFFORCE, bytes);
  try_option(fd, SOL_SOCKET, SO_SNDBUF, bytes);
  return receive_buffer_of(fd);
}

constexpr int receive_flags = SOF_TIMESTAMPING_SOFTWARE | SOF_TIMESTAMPING_RX_SOFTWARE;
constexpr int send_flags = SOF_TIMESTAMPING_TX_SCHED | SOF_TIMESTAMPING_TX_SOFTWARE |
                           SOF_TIMESTAMPING_OPT_ID | SOF_TIMESTAMPING_OPT_TSONLY;

// The kernel takes the port of a bound ping socket for the identifier.
std::optional<std::uint16_t> ping_identifier(int fd) {
  sockaddr_in6 name{};
  socklen_t size = sizeof name;
  if (::getsockname(fd, reinterpret_cast<sockaddr*>(&name), &size) != 0) return std::nullopt;
  return ntohs(name.sin6_port);  // at the same place in sockaddr_in
}

std::optional<std::uint16_t> bind_ping_socket(int fd, Family family) {
  socklen_t size = 0;
  const sockaddr_in6 name = to_sockaddr(Address{.family = family}, size);
  if (::bind(fd, reinterpret_cast<const sockaddr*>(&name), size) != 0) return std::nullopt;
  return ping_identifier(fd);
}

// Replies, stamps and ICMP errors of probes that nobody remembers.
constexpr int most_failures = 1000;
void throw_away_what_waits(int fd) {
  char byte = 0;
  // The error queue first. A ping socket's next call fails once for an ICMP error that came.
  for (const int queue : std::array{int{MSG_ERRQUEUE}, 0}) {
    int failed = 0;
    while (::recv(fd, &byte, 1, MSG_DONTWAIT | queue) >= 0 ||
           (errno != EAGAIN && ++failed < most_failures)) {
    }
  }
}

OpenSocket refused(int error) {
  OpenSocket none;
  none.error = error;
  return none;
}

}  // namespace

void set_stamping(int fd, bool on) {
  // The kernel begins to count at 0 whenever OPT_ID is set anew.
  try_option(fd, SOL_SOCKET, SO_TIMESTAMPING, on ? receive_flags | send_flags : receive_flags);
}

OpenSocket open_socket(Family family, SocketKind kind, std::uint16_t identifier,
                       bool stamps_sending) {
  const int domain = family == Family::ipv4 ? AF_INET : AF_INET6;
  const int protocol = family == Family::ipv4 ? int{IPPROTO_ICMP} : int{IPPROTO_ICMPV6};
  const auto open_as = [&](int type) {
    return FileDescriptor(::socket(domain, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol));
  };
  OpenSocket opened{.fd = {}, .family = family, .identifier = identifier};
  if (kind != SocketKind::ping) opened.fd = open_as(SOCK_RAW);
  if (!opened.fd.valid() && kind != SocketKind::raw) {
    opened.fd = open_as(SOCK_DGRAM);
    opened.kind = SocketKind::ping;
  }
  if (!opened.fd.valid()) return refused(errno);
  const int fd = opened.fd.get();
  if (opened.kind == SocketKind::raw) {
    keep_only_answers(fd, family);
  } else if (const auto given = bind_ping_socket(fd, family)) {
    opened.identifier = *given;
    report_errors(fd, family);
  } else {
    return refused(errno);
  }
  opened.receive_buffer = enlarge_buffers(fd);
  try_option(fd, SOL_SOCKET, SO_RXQ_OVFL, int{1});
  opened.stamps_sending =
      stamps_sending && set_option(fd, SOL_SOCKET, SO_TIMESTAMPING, receive_flags | send_flags);
  if (!opened.stamps_sending) try_option(fd, SOL_SOCKET, SO_TIMESTAMPNS, int{1});
  return opened;
}

OpenSocket adopt_socket(int descriptor, Family family, std::uint16_t identifier) {
  OpenSocket adopted{.fd = FileDescriptor(::fcntl(descriptor, F_DUPFD_CLOEXEC, 0)),
                     .family = family,
                     .identifier = identifier};
  if (!adopted.fd.valid()) return refused(errno);
  const int fd = adopted.fd.get();
  if (option_of<int>(fd, SO_TYPE) == SOCK_DGRAM) {
    adopted.kind = SocketKind::ping;
    adopted.identifier = ping_identifier(fd).value_or(identifier);
  }
  adopted.receive_buffer = receive_buffer_of(fd);
  adopted.stamps_sending = (option_of<int>(fd, SO_TIMESTAMPING) & send_flags) != 0;
  // An earlier user of it has counted requests, which this one does not know of.
  if (adopted.stamps_sending) set_stamping(fd, false);
  throw_away_what_waits(fd);
  if (adopted.stamps_sending) set_stamping(fd, true);
  adopted.dropped =
      option_of<std::array<std::uint32_t, SK_MEMINFO_VARS>>(fd, SO_MEMINFO)[SK_MEMINFO_DROPS];
  return adopted;
}

FileDescriptor watch(const std::vector<const LinuxSocket*>& sockets) {
  FileDescriptor set(::epoll_create1(EPOLL_CLOEXEC));
  for (const LinuxSocket* socket : sockets) {
    epoll_event event{};
    event.events = EPOLLIN;
    if (!set.valid() || ::epoll_ctl(set.get(), EPOLL_CTL_ADD, socket->fd(), &event) != 0) return {};
  }
  return set;
}

std::string remedy(const std::string& program) {
  return "run 'sudo setcap cap_net_raw+ep " + program +
         "', or allow ping sockets with 'sudo sysctl -w net.ipv4.ping_group_range=\"0 "
         "2147483647\"'";
}

}  // namespace weir::icmp_source
