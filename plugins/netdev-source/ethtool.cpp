// SPDX-License-Identifier: Apache-2.0
#include "ethtool.hpp"

#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>

namespace weir::netdev_source {

std::optional<Link> ethtool_link(const std::string& interface) {
  if (interface.size() >= IFNAMSIZ) return Link{};
  const int any = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (any < 0) return std::nullopt;
  // The old question: the new one (ETHTOOL_GLINKSETTINGS) adds only link modes, in two rounds.
  ethtool_cmd question{};
  question.cmd = ETHTOOL_GSET;
  ifreq request{};
  std::copy(interface.begin(), interface.end(), std::begin(request.ifr_name));
  request.ifr_data = reinterpret_cast<char*>(&question);
  const int status = ::ioctl(any, SIOCETHTOOL, &request);
  const int error = errno;
  ::close(any);
  if (status != 0)
    return error == EOPNOTSUPP || error == ENODEV ? std::optional(Link{}) : std::nullopt;
  Link link{.half_duplex = question.duplex == DUPLEX_HALF};
  const std::uint32_t mbps = ethtool_cmd_speed(&question);
  if (mbps != 0 && mbps != static_cast<std::uint32_t>(SPEED_UNKNOWN)) link.speed_mbps = mbps;
  return link;
}

}  // namespace weir::netdev_source
