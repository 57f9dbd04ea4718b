// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Tells the service manager how a service of Type=notify is: sd_notify(3) without libsystemd.

#include <optional>
#include <string>

#include "weir/units.hpp"

namespace weir::core::observe {

class Notifier {
 public:
  /// `socket`: $NOTIFY_SOCKET, a path or `@` and an abstract name; empty: nobody listens.
  explicit Notifier(std::string socket) : socket_(std::move(socket)) {}

  [[nodiscard]] bool on() const { return !socket_.empty(); }
  /// Lines such as "READY=1\nSTATUS=…". Never blocks: a message that nobody takes is dropped.
  void tell(const std::string& message) const noexcept;

 private:
  std::string socket_;
};

/// How often the service manager wants a WATCHDOG=1, half of $WATCHDOG_USEC as it advises; nullopt:
/// not at all. `pid` is $WATCHDOG_PID: of another process it says nothing about this one.
[[nodiscard]] std::optional<Duration> watchdog_interval(const char* usec, const char* pid,
                                                        int self);

}  // namespace weir::core::observe
