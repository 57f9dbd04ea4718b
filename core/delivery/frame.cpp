// SPDX-License-Identifier: Apache-2.0
#include "core/delivery/frame.hpp"

#include <algorithm>
#include <cstring>

#include "core/delivery/little_endian.hpp"
#include "core/wire/crc32c.hpp"

namespace weir::core::delivery {
namespace {

// Offsets in the header.
constexpr std::size_t at_length = 4, at_sequence = 8, at_first_row = 16, at_appended = 24,
                      at_rows = 32, at_header_sum = 36, at_frame_sum = 40;

}  // namespace

void append_frame(std::vector<std::byte>& out, const FrameHeader& header,
                  std::span<const std::span<const std::byte>> pieces, std::uint32_t salt) {
  std::array<std::byte, frame_header_size> bytes{};
  std::copy(frame_magic.begin(), frame_magic.end(), bytes.begin());
  put(bytes, at_length, header.length);
  put(bytes, at_sequence, header.sequence);
  put(bytes, at_first_row, header.first_row);
  put(bytes, at_appended, header.appended_at);
  put(bytes, at_rows, header.rows);
  const std::span<const std::byte> all(bytes);
  put(bytes, at_header_sum, crc32c(salt, all.first(at_header_sum)));
  std::uint32_t sum = crc32c(salt, all.first(at_frame_sum));
  for (const auto piece : pieces) sum = crc32c(sum, piece);
  put(bytes, at_frame_sum, sum);
  out.insert(out.end(), bytes.begin(), bytes.end());
  for (const auto piece : pieces) out.insert(out.end(), piece.begin(), piece.end());
}

std::optional<FrameHeader> parse_frame_header(std::span<const std::byte> bytes,
                                              std::uint32_t salt) {
  if (bytes.size() < frame_header_size) return std::nullopt;
  if (!std::equal(frame_magic.begin(), frame_magic.end(), bytes.begin())) return std::nullopt;
  if (crc32c(salt, bytes.first(at_header_sum)) != get<std::uint32_t>(bytes, at_header_sum)) {
    return std::nullopt;
  }
  FrameHeader header;
  header.length = get<std::uint32_t>(bytes, at_length);
  header.sequence = get<std::uint64_t>(bytes, at_sequence);
  header.first_row = get<std::uint64_t>(bytes, at_first_row);
  header.appended_at = get<std::int64_t>(bytes, at_appended);
  header.rows = get<std::uint32_t>(bytes, at_rows);
  if (header.length > frame_max_payload) return std::nullopt;
  return header;
}

bool payload_is_intact(std::span<const std::byte> header, std::span<const std::byte> payload,
                       std::uint32_t salt) {
  const std::uint32_t sum = crc32c(crc32c(salt, header.first(at_frame_sum)), payload);
  return sum == get<std::uint32_t>(header, at_frame_sum);
}

std::optional<std::size_t> find_frame_header(std::span<const std::byte> bytes, std::uint32_t salt) {
  std::size_t at = 0;
  while (at + frame_header_size <= bytes.size()) {
    const std::size_t starts = bytes.size() - frame_header_size + 1 - at;
    const void* found =
        std::memchr(bytes.data() + at, std::to_integer<int>(frame_magic[0]), starts);
    if (found == nullptr) break;
    at = static_cast<std::size_t>(static_cast<const std::byte*>(found) - bytes.data());
    if (parse_frame_header(bytes.subspan(at), salt)) return at;
    ++at;
  }
  return std::nullopt;
}

}  // namespace weir::core::delivery
