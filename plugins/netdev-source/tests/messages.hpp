// SPDX-License-Identifier: Apache-2.0
// Messages as a kernel writes them, byte by byte.
#pragma once

#include <linux/if_arp.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <cstring>
#include <string>
#include <vector>

#include "counters.hpp"
#include "netlink.hpp"

namespace weir::netdev_source::test {

using Octets = std::vector<std::byte>;

template <class T>
Octets octets_of(const T& value) {
  Octets bytes(sizeof value);
  std::memcpy(bytes.data(), &value, sizeof value);
  return bytes;
}

inline Octets octets_of_text(const std::string& text) {
  const auto* begin = reinterpret_cast<const std::byte*>(text.c_str());
  return {begin, begin + text.size() + 1};
}

inline void append(Octets& to, const Octets& bytes) {
  to.insert(to.end(), bytes.begin(), bytes.end());
  to.resize((to.size() + 3) / 4 * 4);
}

inline Octets attribute(std::uint16_t type, const Octets& value) {
  Octets bytes = octets_of(rtattr{static_cast<std::uint16_t>(sizeof(rtattr) + value.size()), type});
  append(bytes, value);
  return bytes;
}

struct Envelope {
  std::uint16_t flags = NLM_F_MULTI;
  std::uint32_t sequence = 1;
  std::uint32_t port = 77;
};

inline Octets message(std::uint16_t type, const Octets& payload, const Envelope& envelope = {}) {
  nlmsghdr header{};
  header.nlmsg_len = static_cast<std::uint32_t>(sizeof header + payload.size());
  header.nlmsg_type = type;
  header.nlmsg_flags = envelope.flags;
  header.nlmsg_seq = envelope.sequence;
  header.nlmsg_pid = envelope.port;
  Octets bytes = octets_of(header);
  append(bytes, payload);
  return bytes;
}

inline Octets statistics_payload(int index, const Counters& counters) {
  if_stats_msg head{};
  head.ifindex = static_cast<std::uint32_t>(index);
  head.filter_mask = IFLA_STATS_FILTER_BIT(IFLA_STATS_LINK_64);
  rtnl_link_stats64 all{};
  all.rx_bytes = counters.rx_bytes;
  all.rx_packets = counters.rx_packets;
  all.rx_errors = counters.rx_errors;
  all.rx_dropped = counters.rx_drops;
  all.tx_bytes = counters.tx_bytes;
  all.tx_packets = counters.tx_packets;
  all.tx_errors = counters.tx_errors;
  all.tx_dropped = counters.tx_drops;
  Octets bytes = octets_of(head);
  append(bytes, attribute(IFLA_STATS_LINK_64, octets_of(all)));
  return bytes;
}

struct LinkSpec {
  int index = 0;
  std::string name{};
  std::string kind{};
  int lower = 0;
  int master = 0;
  unsigned char family = AF_UNSPEC;
  bool lower_is_elsewhere = false;
};

inline Octets link_payload(const LinkSpec& link) {
  ifinfomsg head{};
  head.ifi_family = link.family;
  head.ifi_index = link.index;
  head.ifi_type = link.name == "lo" ? ARPHRD_LOOPBACK : ARPHRD_ETHER;
  Octets bytes = octets_of(head);
  append(bytes, attribute(IFLA_IFNAME, octets_of_text(link.name)));
  if (link.lower != 0) append(bytes, attribute(IFLA_LINK, octets_of(link.lower)));
  if (link.lower_is_elsewhere) append(bytes, attribute(IFLA_LINK_NETNSID, octets_of(0)));
  if (link.master != 0) append(bytes, attribute(IFLA_MASTER, octets_of(link.master)));
  if (!link.kind.empty()) {
    append(bytes, attribute(IFLA_LINKINFO | NLA_F_NESTED,
                            attribute(IFLA_INFO_KIND, octets_of_text(link.kind))));
  }
  return bytes;
}

inline Octets default_route_payload(unsigned char family = AF_INET) {
  rtmsg head{};
  head.rtm_family = family;
  return octets_of(head);
}

}  // namespace weir::netdev_source::test
