// SPDX-License-Identifier: Apache-2.0
#include "core/delivery/segment_reader.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace weir::core::delivery {

SegmentReader::SegmentReader(std::unique_ptr<File> file, std::uint32_t salt)
    : file_(std::move(file)), salt_(salt) {}

Result<std::optional<Frame>> SegmentReader::next(std::uint64_t limit, std::uint64_t payload_from) {
  trouble_ = {};
  while (offset_ + frame_header_size <= limit) {
    const std::uint64_t before = offset_;
    auto frame = frame_here(limit, payload_from);
    if (trouble_.ok() && frame) {
      offset_ += frame_header_size + frame->header.length;
      failed_calls_ = 0;
      return {{}, std::move(frame)};
    }
    if (trouble_.ok()) {
      ++offset_;
      find_next_header(limit);
    }
    if (!trouble_.ok()) {
      offset_ = before;
      ++failed_calls_;
      return {trouble_, std::nullopt};
    }
  }
  offset_ = std::max(offset_, limit);
  failed_calls_ = 0;
  return {};
}

std::optional<Frame> SegmentReader::frame_here(std::uint64_t limit, std::uint64_t payload_from) {
  std::array<std::byte, frame_header_size> bytes{};
  read(offset_, bytes);
  if (!trouble_.ok()) return std::nullopt;
  const auto header = parse_frame_header(bytes, salt_);
  if (!header || header->length > limit - offset_ - frame_header_size) return std::nullopt;
  Frame frame{.header = *header, .payload = {}};
  if (header->sequence < payload_from) return frame;
  frame.payload.resize(header->length);
  read(offset_ + frame_header_size, frame.payload);
  if (!payload_is_intact(bytes, frame.payload, salt_)) return std::nullopt;
  return frame;
}

// Not by the length of a frame whose payload is damaged: where bytes were lost the next frame
// begins earlier than it says.
void SegmentReader::find_next_header(std::uint64_t limit) {
  constexpr std::size_t window_size = 64U << 10U;
  std::vector<std::byte> window(static_cast<std::size_t>(
      std::min<std::uint64_t>(window_size, limit - std::min(limit, offset_))));
  while (offset_ + frame_header_size <= limit) {
    const auto size =
        static_cast<std::size_t>(std::min<std::uint64_t>(window.size(), limit - offset_));
    const std::span<std::byte> bytes = std::span(window).first(size);
    read(offset_, bytes);
    if (!trouble_.ok()) return;
    if (const auto found = find_frame_header(bytes, salt_)) {
      offset_ += *found;
      return;
    }
    offset_ += size - (frame_header_size - 1);
  }
}

void SegmentReader::read(std::uint64_t offset, std::span<std::byte> into) {
  constexpr int calls_before_damage = 2;
  const auto whole = file_->read_at(offset, into);
  if (!whole.status.ok()) {
    if (failed_calls_ < calls_before_damage) {
      trouble_ = whole.status;
      return;
    }
    read_pages(offset, into);
    return;
  }
  std::fill(into.begin() + static_cast<std::ptrdiff_t>(whole.value), into.end(), std::byte{});
}

// A bad sector costs its own page, not all that is read with it.
void SegmentReader::read_pages(std::uint64_t offset, std::span<std::byte> into) {
  constexpr std::size_t page = 4096;
  while (!into.empty()) {
    const std::size_t size = std::min<std::size_t>(into.size(), page - offset % page);
    const auto part = file_->read_at(offset, into.first(size));
    const std::size_t got = part.status.ok() ? part.value : 0;
    std::fill(into.begin() + static_cast<std::ptrdiff_t>(got),
              into.begin() + static_cast<std::ptrdiff_t>(size), std::byte{});
    into = into.subspan(size);
    offset += size;
  }
}

}  // namespace weir::core::delivery
