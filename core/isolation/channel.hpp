// SPDX-License-Identifier: Apache-2.0
#pragma once
/// One end of the socket between the engine and the process of an isolated node.
///
/// A message is one datagram of a SOCK_SEQPACKET pair: a head, then the payload, or, where that is
/// large, the descriptor of a memfd that holds it. The memfd is sealed: whoever reads it maps it,
/// and knows that the other side can no longer change what was checked.

#include <sys/socket.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/isolation/protocol.hpp"
#include "core/system/descriptor.hpp"
#include "weir/error.hpp"

namespace weir::core::isolation {

using SteadyTime = std::chrono::steady_clock::time_point;

/// The other side has closed its end.
class ChannelClosed : public Error {
 public:
  using Error::Error;
};
/// It has not taken a message in time.
class ChannelStuck : public Error {
 public:
  using Error::Error;
};

struct Message {
  MessageType type = MessageType::create;
  View payload;                       ///< begins at a multiple of 8
  std::shared_ptr<const void> owner;  ///< of the payload
  std::vector<Descriptor> descriptors{};
};

class Channel {
 public:
  /// Payloads above this travel in a memfd.
  static constexpr std::size_t inline_size = std::size_t{64} << 10U;
  static constexpr std::size_t max_payload = std::size_t{1} << 32U;
  static constexpr std::size_t max_descriptors = 64;

  explicit Channel(Descriptor socket);

  /// Lends `descriptors`. Waits for room until `deadline`. Throws ChannelClosed, ChannelStuck or
  /// Error. One call at a time.
  void send(MessageType type, View payload, std::span<const int> descriptors = {},
            SteadyTime deadline = SteadyTime::max());
  /// nullopt: none came in time. Throws ChannelClosed, or Error for what is malformed.
  [[nodiscard]] std::optional<Message> receive(SteadyTime deadline = SteadyTime::max());

  [[nodiscard]] int descriptor() const { return socket_.get(); }

 private:
  [[nodiscard]] bool wait_for(short events, SteadyTime deadline) const;
  void send_datagram(const msghdr& datagram, SteadyTime deadline);

  Descriptor socket_;
  std::vector<std::uint64_t> buffer_;
};

}  // namespace weir::core::isolation
