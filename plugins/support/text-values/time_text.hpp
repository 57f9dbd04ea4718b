// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Times as text and back: RFC 3339 and Unix times.

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>

namespace weir::rows {

/// How a file writes its times. automatic: RFC 3339, or a Unix time whose unit follows from its
/// size (below 10^11 seconds, below 10^14 ms, below 10^17 us, else ns; right for times after 1973).
enum class TimeFormat : std::uint8_t {
  automatic,
  rfc3339,
  seconds,
  milliseconds,
  microseconds,
  nanoseconds
};

[[nodiscard]] constexpr auto enum_names(TimeFormat) {
  return std::array{std::pair{std::string_view("auto"), TimeFormat::automatic},
                    std::pair{std::string_view("rfc3339"), TimeFormat::rfc3339},
                    std::pair{std::string_view("s"), TimeFormat::seconds},
                    std::pair{std::string_view("ms"), TimeFormat::milliseconds},
                    std::pair{std::string_view("us"), TimeFormat::microseconds},
                    std::pair{std::string_view("ns"), TimeFormat::nanoseconds}};
}

/// Reads times; remembers the last date, so that a file in time order costs little.
class TimeParser {
 public:
  explicit TimeParser(TimeFormat format) : format_(format) {}

  /// Nanoseconds since 1970 UTC. nullopt: no time of this format, or outside of 1678 to 2261. A
  /// fraction of a Unix time counts down to the nanosecond.
  [[nodiscard]] std::optional<std::int64_t> parse(std::string_view text);

 private:
  [[nodiscard]] std::optional<std::int64_t> parse_text(std::string_view text);

  TimeFormat format_;
  std::array<char, 10> date_{};
  std::int64_t midnight_ = 0;
};

inline constexpr std::size_t most_time_text = 32;
/// RFC 3339 in UTC with 0, 3, 6 or 9 digits of a second, as many as it takes; returns the end.
char* write_time(char* to, std::int64_t nanoseconds);

}  // namespace weir::rows
