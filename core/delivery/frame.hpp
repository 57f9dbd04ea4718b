// SPDX-License-Identifier: Apache-2.0
#pragma once
/// How a record lies in a segment: a header of 44 bytes, then the payload. Pure. README.md has the
/// layout byte by byte.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace weir::core::delivery {

struct FrameHeader {
  /// Of the payload, in bytes; at most frame_max_payload.
  std::uint32_t length = 0;
  std::uint32_t rows = 0;
  std::uint64_t sequence = 0;
  /// Rows of all records before this one since the spool was made: what a gap cost is the
  /// difference.
  std::uint64_t first_row = 0;
  /// Nanoseconds since 1970, UTC.
  std::int64_t appended_at = 0;

  bool operator==(const FrameHeader&) const = default;
  [[nodiscard]] std::uint64_t end_row() const { return first_row + rows; }
};

inline constexpr std::size_t frame_header_size = 44;
inline constexpr std::uint32_t frame_max_payload = 256U << 20U;
/// No text: no valid UTF-8 begins with it.
inline constexpr std::array<std::byte, 4> frame_magic{std::byte{0xF7}, std::byte{'W'},
                                                      std::byte{'F'}, std::byte{'1'}};

/// Appends header and payload to `out`. header.length must be the size of all pieces together.
/// `salt` is what all checksums begin with: a frame counts only in the spool it was made for.
void append_frame(std::vector<std::byte>& out, const FrameHeader& header,
                  std::span<const std::span<const std::byte>> pieces, std::uint32_t salt);

/// The header at the begin of `bytes` if its magic, its checksum and its length are right.
[[nodiscard]] std::optional<FrameHeader> parse_frame_header(std::span<const std::byte> bytes,
                                                            std::uint32_t salt);

/// `header` are the frame_header_size bytes that came before the payload.
[[nodiscard]] bool payload_is_intact(std::span<const std::byte> header,
                                     std::span<const std::byte> payload, std::uint32_t salt);

/// Where the next right header begins in `bytes`. Nothing: none begins before the last
/// frame_header_size - 1 bytes.
[[nodiscard]] std::optional<std::size_t> find_frame_header(std::span<const std::byte> bytes,
                                                           std::uint32_t salt);

}  // namespace weir::core::delivery
