// SPDX-License-Identifier: Apache-2.0
#include "core/isolation/channel.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string>
#include <system_error>

namespace weir::core::isolation {
namespace {

constexpr std::uint32_t magic = 0x4E495357;  // "WSIN"
constexpr int seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL;

struct Head {
  std::uint32_t magic = 0;
  std::uint16_t type = 0;
  std::uint16_t in_memory = 0;  ///< 1: the first descriptor is a memfd with the payload
  std::uint64_t size = 0;
};
static_assert(sizeof(Head) == 16, "the payload behind it is aligned");

std::string reason() { return std::generic_category().message(errno); }

/// The bytes in a memfd that nobody can change any more.
Descriptor sealed(View payload) {
  Descriptor memory(::memfd_create("weir-batch", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (memory.get() < 0) throw Error("no memory to hand a batch over: " + reason());
  for (View left = payload; !left.empty();) {
    const ssize_t wrote = ::write(memory.get(), left.data(), left.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) throw Error("no memory to hand a batch over: " + reason());
    left = left.subspan(static_cast<std::size_t>(wrote));
  }
  if (::fcntl(memory.get(), F_ADD_SEALS, seals) != 0)
    throw Error("a batch cannot be sealed: " + reason());
  return memory;
}

/// A mapping of all of it, unmapped with the last owner.
std::shared_ptr<const void> mapped(const Descriptor& memory, std::size_t size) {
  struct stat found {};
  if (::fcntl(memory.get(), F_GET_SEALS) != seals || ::fstat(memory.get(), &found) != 0 ||
      static_cast<std::uint64_t>(found.st_size) != size) {
    throw Error("malformed message: its memory is not sealed, or not of the size that was said");
  }
  void* at = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, memory.get(), 0);
  if (at == MAP_FAILED) throw Error("a batch cannot be mapped: " + reason());
  return {at, [size](const void* begin) { ::munmap(const_cast<void*>(begin), size); }};
}

/// Room for the descriptors of a message, aligned as the kernel wants it.
struct Control {
  alignas(
      cmsghdr) std::array<char, CMSG_SPACE(sizeof(int) * (Channel::max_descriptors + 1))> bytes{};
};

void attach(msghdr& datagram, Control& control, std::span<const int> descriptors) {
  if (descriptors.empty()) return;
  datagram.msg_control = control.bytes.data();
  datagram.msg_controllen = CMSG_SPACE(descriptors.size_bytes());
  cmsghdr* head = CMSG_FIRSTHDR(&datagram);
  head->cmsg_level = SOL_SOCKET;
  head->cmsg_type = SCM_RIGHTS;
  head->cmsg_len = CMSG_LEN(descriptors.size_bytes());
  std::memcpy(CMSG_DATA(head), descriptors.data(), descriptors.size_bytes());
}

std::vector<Descriptor> detach(msghdr& datagram) {
  std::vector<Descriptor> all;
  for (cmsghdr* head = CMSG_FIRSTHDR(&datagram); head != nullptr;
       head = CMSG_NXTHDR(&datagram, head)) {
    if (head->cmsg_level != SOL_SOCKET || head->cmsg_type != SCM_RIGHTS) continue;
    const std::size_t count = (head->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count; ++i) {
      int number = -1;
      std::memcpy(&number, CMSG_DATA(head) + i * sizeof number, sizeof number);
      all.emplace_back(number);
    }
  }
  return all;
}

}  // namespace

Channel::Channel(Descriptor socket)
    : socket_(std::move(socket)), buffer_((sizeof(Head) + inline_size) / sizeof(std::uint64_t)) {}

bool Channel::wait_for(short events, SteadyTime deadline) const {
  while (true) {
    int timeout = -1;
    if (deadline != SteadyTime::max()) {
      const auto left =
          std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
      timeout = static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 3'600'000));
    }
    pollfd watched{socket_.get(), events, 0};
    const int ready = ::poll(&watched, 1, timeout);
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) throw Error("poll: " + reason());
    if (deadline != SteadyTime::max() && std::chrono::steady_clock::now() >= deadline) return false;
  }
}

void Channel::send_datagram(const msghdr& datagram, SteadyTime deadline) {
  while (::sendmsg(socket_.get(), &datagram, MSG_NOSIGNAL | MSG_DONTWAIT) < 0) {
    if (errno == EINTR) continue;
    if (errno == EPIPE || errno == ECONNRESET) throw ChannelClosed("the other side has ended");
    if (errno != EAGAIN && errno != EWOULDBLOCK && errno != ENOBUFS)
      throw Error("a message cannot be sent: " + reason());
    if (!wait_for(POLLOUT, deadline)) throw ChannelStuck("the other side takes nothing");
  }
}

void Channel::send(MessageType type, View payload, std::span<const int> descriptors,
                   SteadyTime deadline) {
  if (payload.size() > max_payload || descriptors.size() > max_descriptors)
    throw Error("a message of " + std::to_string(payload.size()) + " bytes and " +
                std::to_string(descriptors.size()) + " descriptors is too large");
  Head head{magic, static_cast<std::uint16_t>(type), 0, payload.size()};
  std::vector<int> numbers(descriptors.begin(), descriptors.end());
  Descriptor memory;
  if (payload.size() > inline_size) {
    memory = sealed(payload);
    head.in_memory = 1;
    numbers.insert(numbers.begin(), memory.get());
  }
  iovec parts[2] = {{&head, sizeof head}, {const_cast<std::byte*>(payload.data()), payload.size()}};
  msghdr datagram{};
  datagram.msg_iov = parts;
  datagram.msg_iovlen = head.in_memory == 1 || payload.empty() ? 1 : 2;
  Control control;
  attach(datagram, control, numbers);
  send_datagram(datagram, deadline);
}

std::optional<Message> Channel::receive(SteadyTime deadline) {
  Control control;
  iovec part{buffer_.data(), buffer_.size() * sizeof(std::uint64_t)};
  msghdr datagram{};
  ssize_t got = -1;
  while (got < 0) {
    datagram = {};
    datagram.msg_iov = &part;
    datagram.msg_iovlen = 1;
    datagram.msg_control = control.bytes.data();
    datagram.msg_controllen = control.bytes.size();
    got = ::recvmsg(socket_.get(), &datagram, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
    if (got >= 0 || errno == EINTR) continue;
    if (errno == ECONNRESET) throw ChannelClosed("the other side has ended");
    if (errno != EAGAIN && errno != EWOULDBLOCK)
      throw Error("a message cannot be received: " + reason());
    if (!wait_for(POLLIN, deadline)) return std::nullopt;
  }
  if (got == 0) throw ChannelClosed("the other side has ended");
  Message message;
  message.descriptors = detach(datagram);
  if ((datagram.msg_flags & MSG_CTRUNC) != 0)
    throw Error("a message came without its descriptors: too many are open, see `open_files`");
  Head head;
  if ((datagram.msg_flags & MSG_TRUNC) != 0 || static_cast<std::size_t>(got) < sizeof head)
    throw Error("malformed message: it is cut off");
  std::memcpy(static_cast<void*>(&head), buffer_.data(), sizeof head);
  const std::size_t inside = static_cast<std::size_t>(got) - sizeof head;
  if (head.magic != magic || head.in_memory > 1 || head.size > max_payload ||
      (head.in_memory == 0 && head.size != inside) ||
      (head.in_memory == 1 && (inside != 0 || head.size == 0 || message.descriptors.empty()))) {
    throw Error("malformed message: its head is none");
  }
  message.type = static_cast<MessageType>(head.type);
  if (head.in_memory == 1) {
    message.owner = mapped(message.descriptors.front(), head.size);
    message.descriptors.erase(message.descriptors.begin());
  } else {
    auto copy = std::make_shared<std::vector<std::uint64_t>>(inside / sizeof(std::uint64_t) + 1);
    std::memcpy(copy->data(), buffer_.data() + sizeof head / sizeof(std::uint64_t), inside);
    message.owner = std::shared_ptr<const void>(copy, copy->data());
  }
  message.payload = {static_cast<const std::byte*>(message.owner.get()),
                     static_cast<std::size_t>(head.size)};
  return message;
}

}  // namespace weir::core::isolation
