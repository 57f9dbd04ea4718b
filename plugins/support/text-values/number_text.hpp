// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Numbers as text and back, for files and wires that carry millions of them.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace weir::rows {

/// Room that write_integer and write_double need at most.
inline constexpr std::size_t most_number_text = 32;

/// Writes decimal digits and returns the end.
char* write_integer(char* to, std::int64_t value);

/// Writes a finite value so that reading it back gives the same double, in as few digits as that
/// takes; returns the end. Plain decimals where std::to_chars would write "1e+05".
char* write_double(char* to, double value);

/// The whole text as a number with an optional sign; nullopt: it is none, or does not fit. Doubles
/// are correctly rounded; "nan" and "inf" are no numbers here.
[[nodiscard]] std::optional<std::int64_t> parse_integer(std::string_view text);
[[nodiscard]] std::optional<double> parse_double(std::string_view text);

/// mantissa * 10^exponent, rounded as the decimal text would be; nullopt where that takes more than
/// one exact step (then let parse_double see the text). Method: Clinger 1990.
[[nodiscard]] inline std::optional<double> exact_decimal(std::uint64_t mantissa, int exponent) {
  constexpr double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                               1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                               1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
  if (mantissa > (std::uint64_t{1} << 53U) || exponent < -22 || exponent > 22) return std::nullopt;
  const auto exact = static_cast<double>(mantissa);
  return exponent < 0 ? exact / powers[-exponent] : exact * powers[exponent];
}

}  // namespace weir::rows
