// SPDX-License-Identifier: Apache-2.0
// One netlink socket, as the parts that speak through it see it. Tests hand in their own.
#pragma once

#include <cstdint>

#include "netlink.hpp"

namespace weir::netdev_source {

class Channel {
 public:
  struct Received {
    int error = 0;              ///< errno; EAGAIN: there is nothing (yet)
    bool from_kernel = true;    ///< other processes can send to a netlink socket too
    bool truncated = false;     ///< the datagram was larger than the buffer
    netlink::ByteView bytes{};  ///< valid until the next call
  };
  enum class Patience : std::uint8_t { none, a_second };

  Channel() = default;
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;
  virtual ~Channel() = default;

  /// Returns errno, 0: sent.
  [[nodiscard]] virtual int send(netlink::ByteView request) = 0;
  [[nodiscard]] virtual Received receive(Patience patience) = 0;
  /// The kernel's name of this socket, which its answers bear.
  [[nodiscard]] virtual std::uint32_t port() const = 0;
};

}  // namespace weir::netdev_source
