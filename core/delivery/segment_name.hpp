// SPDX-License-Identifier: Apache-2.0
#pragma once
/// What the name of a segment file tells, so that it is known even when the bytes are damaged.
/// Pure.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace weir::core::delivery {

struct SegmentName {
  /// Of the first record that belongs here, and its row number in the spool.
  std::uint64_t first = 0, first_row = 0;
  /// Of two segments that begin with the same record the higher serial is right: the other was
  /// given up when a sync failed.
  std::uint32_t serial = 0;
  std::uint32_t salt = 0;
  /// What remains of segments that were dropped: no bytes, but the range, so that the gap is not
  /// taken for damage.
  bool dropped = false;
  /// Past the last record of the range; of dropped ones only.
  std::uint64_t end = 0, end_row = 0;

  bool operator==(const SegmentName&) const = default;
};

/// `<first>-<first row>-<serial>-<salt>.log`, or
/// `<first>-<first row>-<serial>-<end>-<end row>.dropped`; hexadecimal, 16 or 8 digits each.
[[nodiscard]] std::string format_segment_name(const SegmentName& name);
[[nodiscard]] std::optional<SegmentName> parse_segment_name(std::string_view text);

}  // namespace weir::core::delivery
