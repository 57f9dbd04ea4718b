// SPDX-License-Identifier: Apache-2.0
#include "core/runtime/event_fd.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <string>

#include "weir/error.hpp"

namespace weir::core::runtime {

EventFd::EventFd() : fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (fd_ < 0) {
    throw Error(std::string("cannot make an event descriptor: ") + std::strerror(errno) +
                "; raise the limit of open files (ulimit -n)");
  }
}

EventFd::~EventFd() { ::close(fd_); }

void EventFd::signal() const noexcept {
  const int kept = errno;
  const std::uint64_t one = 1;
  // It can only fail when 2^64 - 2 signals are waiting.
  [[maybe_unused]] const auto written = ::write(fd_, &one, sizeof one);
  errno = kept;
}

void EventFd::clear() const noexcept {
  std::uint64_t count = 0;
  [[maybe_unused]] const auto got = ::read(fd_, &count, sizeof count);
}

}  // namespace weir::core::runtime
