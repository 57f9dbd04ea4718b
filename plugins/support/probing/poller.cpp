// SPDX-License-Identifier: Apache-2.0
#include "poller.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <system_error>

#include <weir/error.hpp>

namespace weir::probing {
namespace {

[[noreturn]] void fail(const char* what) {
  throw Error(std::string(what) + ": " + std::generic_category().message(errno));
}

}  // namespace

Signal::Signal() : fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (!fd_.valid()) fail("no eventfd");
}

void Signal::raise() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(fd_.get(), &one, sizeof one);
}

void Signal::lower() {
  std::uint64_t ignored = 0;
  [[maybe_unused]] const auto got = ::read(fd_.get(), &ignored, sizeof ignored);
}

Poller::Poller() : epoll_(::epoll_create1(EPOLL_CLOEXEC)), events_(most_events) {
  if (!epoll_.valid()) fail("no epoll");
  watch(wake_.fd(), EPOLLIN);
}

void Poller::watch(int fd, std::uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.fd = fd;
  if (events == 0) {
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
    return;
  }
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) == 0) return;
  if (errno != EEXIST || ::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, fd, &event) != 0)
    fail("a socket cannot be watched");
}

std::span<const epoll_event> Poller::wait(Nanos limit) {
  const auto whole = std::chrono::ceil<std::chrono::milliseconds>(limit).count();
  const auto milliseconds = static_cast<int>(std::clamp<std::int64_t>(whole, 0, 3'600'000));
  const int got =
      ::epoll_wait(epoll_.get(), events_.data(), static_cast<int>(events_.size()), milliseconds);
  const auto end = events_.begin() + std::max(got, 0);
  const auto woken = std::find_if(events_.begin(), end, [this](const epoll_event& event) {
    return event.data.fd == wake_.fd();
  });
  if (woken == end) return {events_.begin(), end};
  wake_.lower();
  *woken = *(end - 1);
  return {events_.begin(), end - 1};
}

void Poller::wake() { wake_.raise(); }

}  // namespace weir::probing
