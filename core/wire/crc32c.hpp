// SPDX-License-Identifier: Apache-2.0
#pragma once
/// CRC32C, the checksum of iSCSI (RFC 3720, appendix B.4; polynomial 0x1EDC6F41).

#include <cstddef>
#include <cstdint>
#include <span>

namespace weir::core {

/// Of `bytes` behind what gave `before`: crc32c(crc32c(0, a), b) is that of a and b together. Uses
/// the instruction of SSE 4.2 where the CPU has it.
[[nodiscard]] std::uint32_t crc32c(std::uint32_t before, std::span<const std::byte> bytes);

/// The same by tables alone (slicing by 8: Kounavis and Berry, 2005).
[[nodiscard]] std::uint32_t crc32c_by_tables(std::uint32_t before,
                                             std::span<const std::byte> bytes);

}  // namespace weir::core
