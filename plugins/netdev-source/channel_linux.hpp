// SPDX-License-Identifier: Apache-2.0
// The real netlink socket of the network namespace that the calling thread is in.
#pragma once

#include <memory>

#include "channel.hpp"

namespace weir::netdev_source {

/// `groups`: RTMGRP_* that are listened to, 0: none. Throws std::system_error.
[[nodiscard]] std::unique_ptr<Channel> open_channel(std::uint32_t groups);

}  // namespace weir::netdev_source
