// SPDX-License-Identifier: Apache-2.0
#pragma once
/// A descriptor that one thread sleeps on and others wake it by (eventfd(2)).

namespace weir::core::runtime {

class EventFd {
 public:
  /// Throws Error when the process has no descriptor left.
  EventFd();
  EventFd(const EventFd&) = delete;
  EventFd& operator=(const EventFd&) = delete;
  ~EventFd();

  [[nodiscard]] int fd() const { return fd_; }
  /// Async-signal-safe.
  void signal() const noexcept;
  /// Forgets all signals so far; does not block.
  void clear() const noexcept;

 private:
  int fd_;
};

}  // namespace weir::core::runtime
