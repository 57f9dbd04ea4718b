// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "names.hpp"

namespace weir::icmp_source {

/// What a router means: "host unreachable (ICMP type 3, code 1)" (RFC 792, RFC 1812, RFC 4443).
[[nodiscard]] std::string icmp_error_text(Family family, std::uint8_t type, std::uint8_t code);

}  // namespace weir::icmp_source
