// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace weir::core {

/// CRC-32C (Castagnoli, RFC 3720): of state files and model files.
[[nodiscard]] std::uint32_t crc32c(std::string_view bytes);

}  // namespace weir::core
