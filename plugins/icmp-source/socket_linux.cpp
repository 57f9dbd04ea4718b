// SPDX-License-Identifier: Apache-2.0
#include "socket_linux.hpp"

#include <linux/icmp.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <utility>

namespace weir::icmp_source {
namespace {

constexpr std::size_t datagrams_a_call = 32;
// One time is taken for each call of sendmmsg. The last packet of a call leaves some 10 µs a packet
// later, so calls are kept short.
constexpr std::size_t requests_a_call = 8;

sockaddr_in6 to_sockaddr(const Address& address, socklen_t& size) {
  sockaddr_in6 out{};
  if (address.family == Family::ipv6) {
    out.sin6_family = AF_INET6;
    std::memcpy(&out.sin6_addr, address.bytes.data(), 16);
    out.sin6_scope_id = address.scope;
    size = sizeof(sockaddr_in6);
    return out;
  }
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  std::memcpy(&v4.sin_addr, address.bytes.data(), 4);
  std::memcpy(&out, &v4, sizeof v4);
  size = sizeof(sockaddr_in);
  return out;
}

Address from_sockaddr(const sockaddr_in6& given, Family family) {
  Address address{.family = family};
  if (family == Family::ipv6) {
    std::memcpy(address.bytes.data(), &given.sin6_addr, 16);
    address.scope = given.sin6_scope_id;
  } else {
    sockaddr_in v4{};
    std::memcpy(&v4, &given, sizeof v4);
    std::memcpy(address.bytes.data(), &v4.sin_addr, 4);
  }
  return address;
}

Nanos to_nanos(const timespec& time) {
  return std::chrono::seconds(time.tv_sec) + Nanos{time.tv_nsec};
}

// How long the datagram has lain in the socket: both times are UTC and microseconds to milliseconds
// apart, so a clock that steps in between is the only thing to guard against.
Nanos age_of(const msghdr& header, Nanos utc_now) {
  for (cmsghdr* part = CMSG_FIRSTHDR(&header); part != nullptr;
       part = CMSG_NXTHDR(const_cast<msghdr*>(&header), part)) {
    if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_TIMESTAMPNS) continue;
    timespec stamp{};
    std::memcpy(&stamp, CMSG_DATA(part), sizeof stamp);
    const Nanos age = utc_now - to_nanos(stamp);
    return age < Nanos{} || age > std::chrono::minutes(1) ? Nanos{} : age;
  }
  return Nanos{};
}

template <typename Value>
void set_option(int fd, int level, int name, const Value& value) {
  // Each of them makes the socket better or cheaper, none is needed for right results.
  static_cast<void>(::setsockopt(fd, level, name, &value, sizeof value));
}

void keep_only_answers(int fd, Family family) {
  if (family == Family::ipv4) {
    icmp_filter filter{};
    filter.data = ~((1U << ICMP_ECHOREPLY) | (1U << ICMP_DEST_UNREACH) |
                    (1U << ICMP_TIME_EXCEEDED) | (1U << ICMP_PARAMETERPROB));
    set_option(fd, SOL_RAW, ICMP_FILTER, filter);
    return;
  }
  icmp6_filter filter{};
  ICMP6_FILTER_SETBLOCKALL(&filter);
  for (const int type : {ICMP6_ECHO_REPLY, ICMP6_DST_UNREACH, ICMP6_PACKET_TOO_BIG,
                         ICMP6_TIME_EXCEEDED, ICMP6_PARAM_PROB}) {
    ICMP6_FILTER_SETPASS(type, &filter);
  }
  set_option(fd, IPPROTO_ICMPV6, ICMP6_FILTER, filter);
}

// Room for a burst of replies; SO_RCVBUFFORCE goes past net.core.rmem_max with CAP_NET_ADMIN.
void enlarge_buffers(int fd) {
  constexpr int bytes = 4 << 20;
  set_option(fd, SOL_SOCKET, SO_RCVBUF, bytes);
  set_option(fd, SOL_SOCKET, SO_RCVBUFFORCE, bytes);
  set_option(fd, SOL_SOCKET, SO_SNDBUF, bytes);
}

// The kernel takes the port of a bound ping socket for the identifier.
std::optional<std::uint16_t> bind_ping_socket(int fd, Family family) {
  socklen_t size = 0;
  sockaddr_in6 name = to_sockaddr(Address{.family = family}, size);
  if (::bind(fd, reinterpret_cast<const sockaddr*>(&name), size) != 0) return std::nullopt;
  size = sizeof name;
  if (::getsockname(fd, reinterpret_cast<sockaddr*>(&name), &size) != 0) return std::nullopt;
  return ntohs(name.sin6_port);  // at the same place in sockaddr_in
}

}  // namespace

FileDescriptor::FileDescriptor(FileDescriptor&& other) noexcept
    : value_(std::exchange(other.value_, -1)) {}

FileDescriptor& FileDescriptor::operator=(FileDescriptor&& other) noexcept {
  std::swap(value_, other.value_);
  return *this;
}

FileDescriptor::~FileDescriptor() {
  if (value_ >= 0) ::close(value_);
}

struct LinuxSocket::Buffers {
  explicit Buffers(std::size_t payload)
      // An ICMP error may be larger than a reply to us: 1500 holds any that is not fragmented.
      : datagram_size(std::max<std::size_t>(payload + 128, 1500)),
        bytes(datagram_size * datagrams_a_call) {
    for (std::size_t i = 0; i < datagrams_a_call; ++i) {
      vectors[i] = {bytes.data() + i * datagram_size, datagram_size};
    }
  }
  void prepare() {
    for (std::size_t i = 0; i < datagrams_a_call; ++i) {
      messages[i].msg_hdr = {.msg_name = &names[i],
                             .msg_namelen = sizeof names[i],
                             .msg_iov = &vectors[i],
                             .msg_iovlen = 1,
                             .msg_control = controls[i].bytes,
                             .msg_controllen = sizeof controls[i].bytes,
                             .msg_flags = 0};
    }
  }

  struct Control {
    alignas(cmsghdr) std::uint8_t bytes[CMSG_SPACE(sizeof(timespec))];
  };
  std::size_t datagram_size;
  std::vector<std::uint8_t> bytes;
  std::array<iovec, datagrams_a_call> vectors{};
  std::array<sockaddr_in6, datagrams_a_call> names{};
  std::array<Control, datagrams_a_call> controls{};
  std::array<mmsghdr, datagrams_a_call> messages{};
};

LinuxSocket::LinuxSocket(FileDescriptor fd, Family family, SocketKind kind,
                         std::uint16_t identifier, std::size_t payload, Clock clock)
    : fd_(std::move(fd)),
      family_(family),
      kind_(kind),
      identifier_(identifier),
      clock_(std::move(clock)),
      buffers_(std::make_unique<Buffers>(payload)) {}

LinuxSocket::~LinuxSocket() = default;

Form LinuxSocket::form() const {
  if (family_ == Family::ipv6) return Form::ipv6;
  return kind_ == SocketKind::raw ? Form::ipv4_with_header : Form::ipv4;
}

void LinuxSocket::send(std::span<Outgoing> requests) {
  std::array<sockaddr_in6, requests_a_call> names{};
  std::array<iovec, requests_a_call> vectors{};
  std::array<mmsghdr, requests_a_call> messages{};
  while (!requests.empty()) {
    const std::size_t count = std::min(requests.size(), requests_a_call);
    for (std::size_t i = 0; i < count; ++i) {
      socklen_t size = 0;
      names[i] = to_sockaddr(requests[i].to, size);
      // iovec serves reading and writing alike, so it cannot be const; sendmmsg only reads.
      vectors[i] = {const_cast<std::uint8_t*>(requests[i].packet.data()),
                    requests[i].packet.size()};
      messages[i] = {};
      messages[i].msg_hdr.msg_name = &names[i];
      messages[i].msg_hdr.msg_namelen = size;
      messages[i].msg_hdr.msg_iov = &vectors[i];
      messages[i].msg_hdr.msg_iovlen = 1;
    }
    const Nanos now = clock_();
    const int sent =
        ::sendmmsg(fd_.get(), messages.data(), static_cast<unsigned>(count), MSG_DONTWAIT);
    if (sent < 0 && errno == EINTR) continue;
    // An error is reported for the first packet only; those behind it are tried again.
    const std::size_t done = sent > 0 ? static_cast<std::size_t>(sent) : 1;
    if (sent <= 0) requests[0].error = sent < 0 ? errno : EAGAIN;
    for (std::size_t i = 0; i < done; ++i) requests[i].sent_at = now;
    requests = requests.subspan(done);
  }
}

void LinuxSocket::receive(std::vector<Incoming>& into) {
  into.clear();
  buffers_->prepare();
  int count = 0;
  do {
    count =
        ::recvmmsg(fd_.get(), buffers_->messages.data(), datagrams_a_call, MSG_DONTWAIT, nullptr);
  } while (count < 0 && errno == EINTR);
  if (count <= 0) return;
  timespec time{};
  ::clock_gettime(CLOCK_REALTIME, &time);
  const Nanos utc = to_nanos(time);
  const Nanos now = clock_();
  for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
    const mmsghdr& message = buffers_->messages[i];
    const auto* first = static_cast<const std::uint8_t*>(buffers_->vectors[i].iov_base);
    into.push_back(
        {.from = from_sockaddr(buffers_->names[i], family_),
         .bytes = {first, std::min<std::size_t>(message.msg_len, buffers_->datagram_size)},
         .received_at = now - age_of(message.msg_hdr, utc)});
  }
}

Opened open_socket(Family family, SocketKind kind, std::size_t payload, std::uint16_t identifier,
                   Clock clock) {
  const int domain = family == Family::ipv4 ? AF_INET : AF_INET6;
  const int protocol = family == Family::ipv4 ? int{IPPROTO_ICMP} : int{IPPROTO_ICMPV6};
  const auto open_as = [&](int type) {
    return FileDescriptor(::socket(domain, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol));
  };
  FileDescriptor fd;
  SocketKind got = SocketKind::raw;
  if (kind != SocketKind::ping) fd = open_as(SOCK_RAW);
  if (!fd.valid() && kind != SocketKind::raw) {
    fd = open_as(SOCK_DGRAM);
    got = SocketKind::ping;
  }
  if (!fd.valid()) return {nullptr, errno};
  if (got == SocketKind::raw) {
    keep_only_answers(fd.get(), family);
  } else if (const auto given = bind_ping_socket(fd.get(), family)) {
    identifier = *given;
  } else {
    return {nullptr, errno};
  }
  enlarge_buffers(fd.get());
  set_option(fd.get(), SOL_SOCKET, SO_TIMESTAMPNS, int{1});
  return {std::make_unique<LinuxSocket>(std::move(fd), family, got, identifier, payload,
                                        std::move(clock)),
          0};
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
