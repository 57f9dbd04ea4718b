// SPDX-License-Identifier: Apache-2.0
// What the prober needs of a socket. The real one is socket_linux.cpp; tests hand in a network that
// they script. All times are on the monotonic clock.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "control_message.hpp"
#include "packet.hpp"
#include "packet_options.hpp"

namespace weir::icmp_source {

/// A request on its way out.
struct Outgoing {
  Address to;
  std::span<const std::uint8_t> packet;
  std::uint32_t number = 0;                ///< of the probe; comes back with its stamps
  const PacketOptions* options = nullptr;  ///< nullptr: the kernel's
  bool stamped = true;                     ///< the kernel is to say when it left
  Nanos sent_at{};                         ///< set by send, just before the kernel is called
  int error = 0;                           ///< set by send: errno, or 0
};

/// A datagram; its bytes live until the next call of receive.
struct Incoming {
  Address from;
  std::span<const std::uint8_t> bytes;
  Nanos received_at{};
};

/// The kernel says when a request was where.
struct SendStamp {
  std::uint32_t number = 0;
  Stage stage = Stage::sent;
  Nanos at{};
};

struct Received {
  std::vector<SendStamp> stamps;  ///< those of each datagram's request are here or came before
  std::vector<Incoming> datagrams;
  std::vector<Decoded> errors;  ///< ICMP errors that the kernel took in; those of raw sockets come
                                ///< as datagrams
  [[nodiscard]] bool empty() const { return stamps.empty() && datagrams.empty() && errors.empty(); }
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
  /// Never blocks; replaces `into` by the next few, by nothing when there is no more.
  virtual void receive(Received& into) = 0;
  /// How many requests may be sent between two receives without overflowing the buffer.
  [[nodiscard]] virtual std::size_t capacity() const = 0;
  /// Datagrams that the kernel dropped for want of room, since the start.
  [[nodiscard]] virtual std::uint64_t dropped() const = 0;
};

}  // namespace weir::icmp_source
