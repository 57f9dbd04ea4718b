// SPDX-License-Identifier: Apache-2.0
// Messages of rtnetlink(7) as bytes: requests out, answers and events in. Pure. Nothing is taken
// from the bytes without a look at how many there are: what does not fit is nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "counters.hpp"

namespace weir::netdev_source::netlink {

using ByteView = std::span<const std::byte>;

struct Message {
  std::uint16_t type = 0;  ///< RTM_NEWSTATS, NLMSG_DONE, …
  std::uint16_t flags = 0;
  std::uint32_t sequence = 0;
  std::uint32_t port = 0;  ///< of the socket that asked; 0 in most events
  ByteView payload;        ///< behind the header
};

/// The messages of one datagram, one after the other; ends at the first that does not fit.
class Messages {
 public:
  explicit Messages(ByteView datagram) : rest_(datagram) {}
  [[nodiscard]] std::optional<Message> next();
  /// After the last: whether bytes were left that are no message.
  [[nodiscard]] bool malformed() const { return malformed_; }

 private:
  ByteView rest_;
  bool malformed_ = false;
};

struct Statistics {
  int index;
  Counters counters;
};
/// Payload of RTM_NEWSTATS with IFLA_STATS_LINK_64.
[[nodiscard]] std::optional<Statistics> parse_statistics(ByteView payload);

struct LinkMessage {
  int index = 0;
  std::string name{};  ///< 1 to 15 bytes
  std::string kind{};  ///< "veth", "vlan", …; empty for most hardware
  bool loopback = false;
  bool has_device = false;  ///< there is hardware behind it (told by Linux 5.14 and later)
  int lower = 0;            ///< what a VLAN lies on, if it is in this namespace
  int master = 0;           ///< the bond or bridge that it is part of
};
/// Payload of RTM_NEWLINK and RTM_DELLINK. Nothing for messages of other families: a port that
/// leaves a bridge is told by an RTM_DELLINK of family AF_BRIDGE, and the interface stays.
[[nodiscard]] std::optional<LinkMessage> parse_link(ByteView payload);

/// The errno (positive, 0: none) of NLMSG_ERROR or NLMSG_DONE; nothing where it is cut short.
[[nodiscard]] std::optional<int> parse_error(ByteView payload);

/// Whether a payload of RTM_NEWROUTE or RTM_DELROUTE is about a route to everywhere.
[[nodiscard]] bool is_default_route(ByteView payload);

/// Asks for the 64-bit counters of all interfaces.
[[nodiscard]] std::vector<std::byte> statistics_request(std::uint32_t sequence);
/// Asks for all interfaces, without their counters.
[[nodiscard]] std::vector<std::byte> links_request(std::uint32_t sequence);

}  // namespace weir::netdev_source::netlink
