// SPDX-License-Identifier: Apache-2.0
// Which interface the default route goes through, from the text of /proc/net/route and
// /proc/net/ipv6_route. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace weir::netdev_source {

/// The usable default route of the smallest metric; IPv4 first, then IPv6. Routes that are down or
/// reject are none.
[[nodiscard]] std::optional<std::string> default_interface(std::string_view route,
                                                           std::string_view ipv6_route);

}  // namespace weir::netdev_source
