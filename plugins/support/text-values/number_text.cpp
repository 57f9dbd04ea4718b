// SPDX-License-Identifier: Apache-2.0
#include "number_text.hpp"

#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <system_error>

namespace weir::rows {
namespace {

constexpr std::uint64_t zeros = 0x3030303030303030;  // "00000000"

/// The eight digits of a number below 10^8, a byte each, the first one in the lowest byte. Halves
/// the number three times, each time on all parts at once.
std::uint64_t eight_digits(std::uint32_t value) {
  const std::uint64_t halves = value / 10000 | (std::uint64_t{value % 10000} << 32U);
  const std::uint64_t hundreds = (halves * 10486 >> 20U) & 0x0000007F0000007F;
  const std::uint64_t pairs = hundreds | ((halves - hundreds * 100) << 16U);
  const std::uint64_t tens = (pairs * 103 >> 10U) & 0x000F000F000F000F;
  return tens | ((pairs - tens * 10) << 8U);
}

void store(char* to, std::uint64_t digits) {
  digits |= zeros;
  if constexpr (std::endian::native == std::endian::big) digits = __builtin_bswap64(digits);
  std::memcpy(to, &digits, sizeof digits);
}

/// Exactly eight digits.
char* write_eight(char* to, std::uint32_t value) {
  store(to, eight_digits(value));
  return to + 8;
}

/// Below 10^8, without leading zeros. Writes eight bytes, of which the last ones may mean nothing.
char* write_small(char* to, std::uint32_t value) {
  const std::uint64_t digits = eight_digits(value);
  const int leading = digits == 0 ? 7 : std::countr_zero(digits) / 8;
  store(to, digits >> (8 * leading));
  return to + 8 - leading;
}

char* write_unsigned(char* to, std::uint64_t value) {
  constexpr std::uint64_t eight = 100'000'000;
  if (value < eight) return write_small(to, static_cast<std::uint32_t>(value));
  if (value < eight * eight) {
    to = write_small(to, static_cast<std::uint32_t>(value / eight));
    return write_eight(to, static_cast<std::uint32_t>(value % eight));
  }
  to = write_small(to, static_cast<std::uint32_t>(value / (eight * eight)));
  to = write_eight(to, static_cast<std::uint32_t>(value / eight % eight));
  return write_eight(to, static_cast<std::uint32_t>(value % eight));
}

/// scaled / 10^places (3 or 6), without trailing zeros.
char* write_decimal(char* to, std::uint64_t scaled, int places) {
  const std::uint64_t power = places == 3 ? 1'000 : 1'000'000;
  to = write_unsigned(to, scaled / power);
  const auto rest = static_cast<std::uint32_t>(scaled % power);
  if (rest == 0) return to;
  *to = '.';
  const std::uint64_t digits = eight_digits(rest * (places == 3 ? 100'000 : 100));
  store(to + 1, digits);
  return to + 9 - std::countl_zero(digits) / 8;
}

}  // namespace

char* write_integer(char* to, std::int64_t value) {
  auto magnitude = static_cast<std::uint64_t>(value);
  if (value < 0) {
    *to++ = '-';
    magnitude = 0 - magnitude;
  }
  return write_unsigned(to, magnitude);
}

char* write_double(char* to, double value) {
  const double magnitude = std::fabs(value);
  // Measured values mostly have few decimals. An integer below 2^53 divided by a power of ten is
  // rounded once, just as the decimal text will be when it is read: equality proves the digits.
  if (magnitude < 1e9) {
    if (std::signbit(value)) *to++ = '-';
    // NOLINTBEGIN(bugprone-incorrect-roundings): a wrong guess fails the equality below
    auto scaled = static_cast<std::uint64_t>(magnitude * 1e3 + 0.5);
    if (static_cast<double>(scaled) / 1e3 == magnitude) return write_decimal(to, scaled, 3);
    scaled = static_cast<std::uint64_t>(magnitude * 1e6 + 0.5);
    // NOLINTEND(bugprone-incorrect-roundings)
    if (static_cast<double>(scaled) / 1e6 == magnitude) {
      return write_decimal(to, scaled, 6);
    }
    return std::to_chars(to, to + most_number_text - 1, magnitude).ptr;
  }
  return std::to_chars(to, to + most_number_text, value).ptr;
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
  if (text.size() > 1 && text.front() == '+' && text[1] != '-') text.remove_prefix(1);
  std::int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return value;
}

std::optional<double> parse_double(std::string_view text) {
  if (text.size() > 1 && text.front() == '+' && text[1] != '-') text.remove_prefix(1);
  double value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stop != end || !std::isfinite(value)) return std::nullopt;
  return value;
}

}  // namespace weir::rows
