// SPDX-License-Identifier: Apache-2.0
// Waits for many sockets at once (epoll), and can be woken from another thread.
#pragma once

#include <sys/epoll.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "file_descriptor.hpp"
#include "time.hpp"

namespace weir::probing {

/// An eventfd: readable from `raise` to `lower`. [any thread]
class Signal {
 public:
  Signal();
  [[nodiscard]] int fd() const { return fd_.get(); }
  void raise();
  void lower();

 private:
  FileDescriptor fd_;
};

class Poller {
 public:
  /// Throws Error where the kernel has no descriptors left.
  Poller();

  /// Watches `fd` for EPOLLIN, EPOLLOUT; 0: no longer.
  void watch(int fd, std::uint32_t events);
  /// What is ready, at most so much at once, after `limit` at the latest. A wake ends it too.
  static constexpr std::size_t most_events = 256;
  [[nodiscard]] std::span<const epoll_event> wait(Nanos limit);
  /// Ends a wait, also one that begins later. [any thread]
  void wake();

 private:
  FileDescriptor epoll_;
  Signal wake_;
  std::vector<epoll_event> events_;
};

}  // namespace weir::probing
