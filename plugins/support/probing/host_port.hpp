// SPDX-License-Identifier: Apache-2.0
// "name:port", "192.0.2.1:53", "[2001:db8::1]:53": where a service listens, as people write it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace weir::probing {

struct HostPort {
  std::string host;  ///< name or numeric address, without brackets
  std::uint16_t port = 0;
};

/// Throws Error saying what is wrong. Without `otherwise` a port must be there. An IPv6 address
/// with a port stands in brackets.
[[nodiscard]] HostPort parse_host_port(std::string_view text,
                                       std::optional<std::uint16_t> otherwise = std::nullopt);

}  // namespace weir::probing
