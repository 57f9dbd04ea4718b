// SPDX-License-Identifier: Apache-2.0
// How a request is to leave: what goes into its IP header and by which way.
#pragma once

#include <cstdint>
#include <optional>

#include "names.hpp"

namespace weir::icmp_source {

/// What is absent is left to the kernel.
struct PacketOptions {
  std::optional<std::uint8_t> traffic_class{};  ///< DSCP in the upper six bits (RFC 2474)
  std::optional<std::uint8_t> hop_limit{};      ///< TTL of IPv4
  std::optional<bool> dont_fragment{};          ///< true: one that is too large fails
  std::optional<Address> source{};              ///< for targets of its family
  std::uint32_t interface = 0;                  ///< index; 0: as routed

  friend bool operator==(const PacketOptions&, const PacketOptions&) = default;
};

}  // namespace weir::icmp_source
