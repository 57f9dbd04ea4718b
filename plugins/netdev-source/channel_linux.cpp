// SPDX-License-Identifier: Apache-2.0
#include "channel_linux.hpp"

#include <linux/netlink.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>
#include <vector>

namespace weir::netdev_source {
namespace {

// The kernel fills up to 32 KiB of a dump at once if it has seen a buffer of that size.
constexpr std::size_t buffer_size = 32'768;

class Socket final : public Channel {
 public:
  explicit Socket(std::uint32_t groups)
      : socket_(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE)) {
    if (socket_ < 0) fail("a netlink socket cannot be opened");
    sockaddr_nl own{};
    own.nl_family = AF_NETLINK;
    own.nl_groups = groups;
    const timeval second{.tv_sec = 1, .tv_usec = 0};
    socklen_t size = sizeof own;
    if (::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &second, sizeof second) != 0 ||
        ::bind(socket_, reinterpret_cast<const sockaddr*>(&own), sizeof own) != 0 ||
        ::getsockname(socket_, reinterpret_cast<sockaddr*>(&own), &size) != 0) {
      const int error = errno;
      ::close(socket_);
      throw std::system_error(error, std::generic_category(), "a netlink socket cannot be bound");
    }
    port_ = own.nl_pid;
  }
  ~Socket() override { ::close(socket_); }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  int send(netlink::ByteView request) override {
    sockaddr_nl kernel{};
    kernel.nl_family = AF_NETLINK;
    ssize_t sent = 0;
    do {
      sent = ::sendto(socket_, request.data(), request.size(), 0,
                      reinterpret_cast<const sockaddr*>(&kernel), sizeof kernel);
    } while (sent < 0 && errno == EINTR);
    return sent < 0 ? errno : 0;
  }

  Received receive(Patience patience) override {
    sockaddr_nl sender{};
    iovec place{.iov_base = buffer_.data(), .iov_len = buffer_.size()};
    msghdr message{};
    message.msg_name = &sender;
    message.msg_iov = &place;
    message.msg_iovlen = 1;
    ssize_t got = 0;
    do {
      message.msg_namelen = sizeof sender;
      got = ::recvmsg(socket_, &message, patience == Patience::none ? MSG_DONTWAIT : 0);
    } while (got < 0 && errno == EINTR);
    if (got < 0) return {.error = errno};
    return {.from_kernel = sender.nl_pid == 0,
            .truncated = (message.msg_flags & MSG_TRUNC) != 0,
            .bytes = netlink::ByteView(buffer_).first(static_cast<std::size_t>(got))};
  }

  std::uint32_t port() const override { return port_; }

 private:
  [[noreturn]] static void fail(const char* what) {
    throw std::system_error(errno, std::generic_category(), what);
  }

  int socket_;
  std::uint32_t port_ = 0;
  std::vector<std::byte> buffer_ = std::vector<std::byte>(buffer_size);
};

}  // namespace

std::unique_ptr<Channel> open_channel(std::uint32_t groups) {
  return std::make_unique<Socket>(groups);
}

}  // namespace weir::netdev_source
