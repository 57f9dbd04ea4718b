// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <string_view>
#include <vector>

#include "core/delivery/frame.hpp"
#include "core/delivery/position.hpp"
#include "core/delivery/segment_name.hpp"

namespace weir::core::delivery {
namespace {

using ByteVector = std::vector<std::byte>;

ByteVector bytes_of(std::string_view text) {
  ByteVector bytes;
  for (const char c : text) bytes.push_back(static_cast<std::byte>(c));
  return bytes;
}

constexpr std::uint32_t salt = 0xABCD;

ByteVector frame_of(std::uint64_t sequence, const ByteVector& payload) {
  ByteVector out;
  const std::array pieces{std::span<const std::byte>(payload)};
  append_frame(out,
               {.length = static_cast<std::uint32_t>(payload.size()),
                .rows = 3,
                .sequence = sequence,
                .first_row = 70,
                .appended_at = -5},
               pieces, salt);
  return out;
}

TEST(Frame, ComesBack) {
  const ByteVector payload = bytes_of("some rows");
  const ByteVector frame = frame_of(42, payload);
  const std::span<const std::byte> bytes(frame);
  ASSERT_EQ(frame.size(), frame_header_size + payload.size());
  const auto header = parse_frame_header(bytes, salt);
  ASSERT_TRUE(header);
  EXPECT_EQ(
      *header,
      (FrameHeader{.length = 9, .rows = 3, .sequence = 42, .first_row = 70, .appended_at = -5}));
  EXPECT_EQ(header->end_row(), 73U);
  EXPECT_TRUE(payload_is_intact(bytes, bytes.subspan(frame_header_size), salt));
}

TEST(Frame, AnyFlippedBitIsSeen) {
  ByteVector frame = frame_of(42, bytes_of("some rows"));
  for (std::size_t bit = 0; bit < frame.size() * 8; ++bit) {
    const auto mask = static_cast<std::byte>(1U << (bit % 8));
    frame[bit / 8] ^= mask;
    const std::span<const std::byte> bytes(frame);
    EXPECT_FALSE(parse_frame_header(bytes, salt) &&
                 payload_is_intact(bytes, bytes.subspan(frame_header_size), salt))
        << "bit " << bit;
    frame[bit / 8] ^= mask;
  }
}

TEST(Frame, OfAnotherSpoolIsNone) { EXPECT_FALSE(parse_frame_header(frame_of(1, {}), salt + 1)); }

TEST(Frame, ThatIsCutIsNone) {
  const ByteVector frame = frame_of(1, {});
  for (std::size_t size = 0; size < frame.size(); ++size) {
    EXPECT_FALSE(parse_frame_header(std::span(frame).first(size), salt));
  }
}

TEST(Frame, ThatClaimsTooMuchIsNone) {
  ByteVector out;
  append_frame(out, {.length = frame_max_payload + 1}, {}, salt);
  EXPECT_FALSE(parse_frame_header(out, salt));
}

TEST(Frame, IsFoundBehindGarbage) {
  ByteVector bytes(100, frame_magic[0]);
  bytes.insert(bytes.end(), frame_magic.begin(), frame_magic.end());
  const std::size_t place = bytes.size();
  const ByteVector frame = frame_of(1, bytes_of("x"));
  bytes.insert(bytes.end(), frame.begin(), frame.end());
  EXPECT_EQ(find_frame_header(bytes, salt), place);
  EXPECT_EQ(find_frame_header(std::span(bytes).subspan(place + 1), salt), std::nullopt);
  EXPECT_EQ(find_frame_header({}, salt), std::nullopt);
}

TEST(SegmentName, ComesBack) {
  SegmentName name{.first = 0x1234, .first_row = 99, .serial = 7, .salt = 0xDEADBEEF};
  EXPECT_EQ(format_segment_name(name), "0000000000001234-0000000000000063-00000007-deadbeef.log");
  EXPECT_EQ(parse_segment_name(format_segment_name(name)), name);
  name.salt = 0;
  name.dropped = true;
  name.end = 0x2000;
  name.end_row = 400;
  EXPECT_EQ(parse_segment_name(format_segment_name(name)), name);
}

TEST(SegmentName, OfAnotherFileIsNone) {
  for (const std::string_view text :
       {"", "lock", "position", ".log", "0000000000001234-0000000000000063-00000007-DEADBEEF.log",
        "0000000000001234-0000000000000063-00000007-deadbeef.log~",
        "0000000000001234-0000000000000063-00000007-deadbeef.dropped",
        "000000000000123x-0000000000000063-00000007-deadbeef.log",
        "0000000000001234-0000000000000063-00000007-0000000000001233-0000000000000063.dropped"}) {
    EXPECT_FALSE(parse_segment_name(text)) << text;
  }
}

TEST(Position, ComesBack) {
  const PositionSlot slot{.position = {.next = 5, .next_row = 50, .end = 9, .end_row = 90},
                          .generation = 77};
  const auto bytes = format_position(slot);
  const auto parsed = parse_position(bytes);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->position, slot.position);
  EXPECT_EQ(parsed->generation, 77U);
}

TEST(Position, AnyFlippedBitIsSeen) {
  auto bytes = format_position({.position = {}, .generation = 1});
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    bytes[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
    EXPECT_FALSE(parse_position(bytes)) << "bit " << bit;
    bytes[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
  }
  EXPECT_FALSE(parse_position({}));
}

}  // namespace
}  // namespace weir::core::delivery
