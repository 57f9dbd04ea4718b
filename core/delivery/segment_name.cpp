// SPDX-License-Identifier: Apache-2.0
#include "core/delivery/segment_name.hpp"

#include <charconv>

namespace weir::core::delivery {
namespace {

constexpr std::string_view log_end = ".log", dropped_end = ".dropped";

std::string hex(std::uint64_t value, std::size_t digits) {
  std::string text(digits, '0');
  for (std::size_t i = digits; i-- > 0; value >>= 4U) text[i] = "0123456789abcdef"[value & 0xFU];
  return text;
}

/// Takes exactly so many hexadecimal digits, and `after` behind them, off the front of `text`.
template <class Integer>
bool take(std::string_view& text, Integer& value, std::string_view after) {
  constexpr std::size_t digits = sizeof value * 2;
  if (text.size() < digits) return false;
  const char* const end = text.data() + digits;
  const auto [stop, error] = std::from_chars(text.data(), end, value, 16);
  if (error != std::errc{} || stop != end) return false;
  text.remove_prefix(digits);
  if (!text.starts_with(after)) return false;
  text.remove_prefix(after.size());
  return true;
}

}  // namespace

std::string format_segment_name(const SegmentName& name) {
  const std::string start =
      hex(name.first, 16) + '-' + hex(name.first_row, 16) + '-' + hex(name.serial, 8) + '-';
  if (!name.dropped) return start + hex(name.salt, 8) + std::string(log_end);
  return start + hex(name.end, 16) + '-' + hex(name.end_row, 16) + std::string(dropped_end);
}

std::optional<SegmentName> parse_segment_name(std::string_view text) {
  const std::string_view whole = text;
  SegmentName name;
  if (!take(text, name.first, "-") || !take(text, name.first_row, "-") ||
      !take(text, name.serial, "-")) {
    return std::nullopt;
  }
  name.dropped = text.ends_with(dropped_end);
  const bool right = name.dropped
                         ? take(text, name.end, "-") && take(text, name.end_row, dropped_end)
                         : take(text, name.salt, log_end);
  // Upper case, and whatever else is not written by the function above, is another's file.
  if (!right || !text.empty() || format_segment_name(name) != whole) return std::nullopt;
  if (name.dropped && name.end < name.first) return std::nullopt;
  return name;
}

}  // namespace weir::core::delivery
