// SPDX-License-Identifier: Apache-2.0
// Speed and duplex as the driver tells them.
#pragma once

#include <optional>
#include <string>

#include "rates.hpp"

namespace weir::netdev_source {

/// Asks by ioctl, in the network namespace of the calling thread: /sys may show another one's
/// interfaces. Nothing where the question cannot be asked; an empty Link where the driver does not
/// know, and where the link is down.
[[nodiscard]] std::optional<Link> ethtool_link(const std::string& interface);

}  // namespace weir::netdev_source
