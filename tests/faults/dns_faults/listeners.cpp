// SPDX-License-Identifier: Apache-2.0
#include "listeners.hpp"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <stdexcept>

#include "sockaddr.hpp"

namespace weir::dns_faults {
namespace {

using probing::FileDescriptor;

constexpr int backlog = 1024;

// `port` 0: one that the kernel chooses, and then stands there.
FileDescriptor listen_on(const std::string& address, std::uint16_t& port) {
  FileDescriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  socklen_t size = 0;
  sockaddr_in6 room = probing::to_sockaddr(probing::parse_address(address).value(), size);
  auto* v4 = reinterpret_cast<sockaddr_in*>(&room);
  v4->sin_port = htons(port);
  auto* name = reinterpret_cast<sockaddr*>(&room);
  if (::bind(socket.get(), name, size) != 0 || ::listen(socket.get(), backlog) != 0 ||
      ::getsockname(socket.get(), name, &size) != 0) {
    return {};
  }
  port = ntohs(v4->sin_port);
  return socket;
}

}  // namespace

Listeners::Listeners(const std::vector<std::string>& addresses) {
  for (int tries = 0; tries < 20 && sockets_.size() < addresses.size(); ++tries) {
    sockets_.clear();
    port_ = 0;
    for (const std::string& address : addresses) {
      FileDescriptor socket = listen_on(address, port_);
      if (!socket.valid()) break;
      sockets_.push_back(std::move(socket));
    }
  }
  if (sockets_.size() < addresses.size())
    throw std::runtime_error("no port is free on all addresses of loopback");
  thread_ = std::thread([this] { serve(); });
}

Listeners::~Listeners() {
  stopping_ = true;
  thread_.join();
}

void Listeners::serve() {
  std::vector<pollfd> watched;
  for (const FileDescriptor& socket : sockets_)
    watched.push_back({.fd = socket.get(), .events = POLLIN, .revents = 0});
  while (!stopping_) {
    if (::poll(watched.data(), watched.size(), 100) <= 0) continue;
    for (const pollfd& one : watched) {
      if (one.revents == 0) continue;
      const FileDescriptor taken(::accept4(one.fd, nullptr, nullptr, SOCK_CLOEXEC));
    }
  }
}

}  // namespace weir::dns_faults
