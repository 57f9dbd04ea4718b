// SPDX-License-Identifier: Apache-2.0
// What the prober needs of a socket. The real one is socket_linux.cpp; tests hand in a network that
// they script.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "address.hpp"
#include "packet.hpp"
#include "statistics.hpp"

namespace weir::icmp_source {

/// A request on its way out. Times are on the monotonic clock.
struct Outgoing {
  Address to;
  std::span<const std::uint8_t> packet;
  Nanos
      sent_at{};  ///< set by send: never later than the packet left, so no round trip is flattered
  int error = 0;  ///< set by send: errno, or 0
};

/// A datagram; its bytes live until the next call of receive.
struct Incoming {
  Address from;
  std::span<const std::uint8_t> bytes;
  Nanos received_at{};
};

class Socket {
 public:
  Socket() = default;
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  virtual ~Socket() = default;

  [[nodiscard]] virtual Family family() const = 0;
  [[nodiscard]] virtual Form form() const = 0;
  /// The ICMP identifier that requests must carry.
  [[nodiscard]] virtual std::uint16_t identifier() const = 0;
  /// Never blocks; fills sent_at and error of each.
  virtual void send(std::span<Outgoing> requests) = 0;
  /// Never blocks; replaces `into` by the next few datagrams, by none when there are no more.
  virtual void receive(std::vector<Incoming>& into) = 0;
};

}  // namespace weir::icmp_source
