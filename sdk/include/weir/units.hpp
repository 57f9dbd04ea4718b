// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Quantities as a person writes them: `250ms`, `64MiB`, `2026-11-22T10:00:00Z`.

#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace weir {

using Duration = std::chrono::nanoseconds;
/// Nanoseconds since 1970-01-01T00:00:00Z.
using Timestamp = std::chrono::sys_time<std::chrono::nanoseconds>;

/// A size in bytes.
struct Bytes {
  std::int64_t count = 0;
  auto operator<=>(const Bytes&) const = default;
};

namespace detail {

template <std::size_t N>
[[nodiscard]] std::optional<std::int64_t> parse_quantity(
    std::string_view text, const std::array<std::pair<std::string_view, double>, N>& units) {
  const char* const end = text.data() + text.size();
  double value = 0;
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || !std::isfinite(value)) return std::nullopt;
  // A whole number keeps all its digits; a double has only 53 bits for them.
  std::int64_t whole = 0;
  const auto [whole_stop, whole_error] = std::from_chars(text.data(), end, whole);
  const bool is_whole = whole_error == std::errc{} && whole_stop == stop;
  std::string_view unit(stop, static_cast<std::size_t>(end - stop));
  while (!unit.empty() && unit.front() == ' ') unit.remove_prefix(1);
  for (const auto& [name, factor] : units) {
    if (unit != name) continue;
    const auto times = static_cast<std::int64_t>(factor);
    constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
    if (is_whole && whole >= -(most / times) && whole <= most / times) return whole * times;
    const double amount = std::round(value * factor);
    if (std::abs(amount) > 9.2e18) return std::nullopt;
    return static_cast<std::int64_t>(amount);
  }
  return std::nullopt;
}

[[nodiscard]] inline std::optional<int> digits(std::string_view text, std::size_t first,
                                               std::size_t count) {
  int value = 0;
  if (first + count > text.size()) return std::nullopt;
  for (const char c : text.substr(first, count)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

}  // namespace detail

/// A number and ns, us, ms, s, m, h, d or w; "0" needs no unit. nullopt: not a duration.
[[nodiscard]] inline std::optional<Duration> parse_duration(std::string_view text) {
  static constexpr std::array<std::pair<std::string_view, double>, 9> units{{{"ns", 1},
                                                                             {"us", 1e3},
                                                                             {"ms", 1e6},
                                                                             {"s", 1e9},
                                                                             {"m", 60e9},
                                                                             {"min", 60e9},
                                                                             {"h", 3600e9},
                                                                             {"d", 86400e9},
                                                                             {"w", 604800e9}}};
  if (text == "0") return Duration{0};
  const auto count = detail::parse_quantity(text, units);
  if (!count) return std::nullopt;
  return Duration{*count};
}

/// A number and B, kB, MB, GB, TB (decimal) or KiB, MiB, GiB, TiB; bare numbers are bytes.
[[nodiscard]] inline std::optional<Bytes> parse_bytes(std::string_view text) {
  static constexpr std::array<std::pair<std::string_view, double>, 10> units{
      {{"", 1},
       {"B", 1},
       {"kB", 1e3},
       {"MB", 1e6},
       {"GB", 1e9},
       {"TB", 1e12},
       {"KiB", 1024.},
       {"MiB", 1048576.},
       {"GiB", 1073741824.},
       {"TiB", 1099511627776.}}};
  const auto count = detail::parse_quantity(text, units);
  if (!count || *count < 0) return std::nullopt;
  return Bytes{*count};
}

/// RFC 3339: `2026-11-22T10:00:00[.fraction](Z|+01:00)`; a space may stand for T; without a zone it
/// is UTC; a bare date is its midnight. Years 1678 to 2261, what nanoseconds in 64 bits can hold.
[[nodiscard]] inline std::optional<Timestamp> parse_timestamp(std::string_view text) {
  using namespace std::chrono;
  const auto y = detail::digits(text, 0, 4);
  const auto mo = detail::digits(text, 5, 2);
  const auto d = detail::digits(text, 8, 2);
  if (!y || !mo || !d || text[4] != '-' || text[7] != '-') return std::nullopt;
  const year_month_day date{year{*y}, month{static_cast<unsigned>(*mo)},
                            day{static_cast<unsigned>(*d)}};
  if (!date.ok() || *y < 1678 || *y > 2261) return std::nullopt;
  Timestamp time{sys_days{date}};
  if (text.size() == 10) return time;
  const auto h = detail::digits(text, 11, 2);
  const auto mi = detail::digits(text, 14, 2);
  const auto s = detail::digits(text, 17, 2);
  if (!h || !mi || !s || (text[10] != 'T' && text[10] != 't' && text[10] != ' ') ||
      text[13] != ':' || text[16] != ':' || *h > 23 || *mi > 59 || *s > 60) {
    return std::nullopt;
  }
  time += hours{*h} + minutes{*mi} + seconds{*s};
  std::size_t at = 19;
  if (at < text.size() && text[at] == '.') {
    std::int64_t unit = 100'000'000;
    for (++at; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, unit /= 10) {
      time += nanoseconds{(text[at] - '0') * unit};
    }
  }
  const std::string_view zone = text.substr(at);
  if (zone.empty() || zone == "Z" || zone == "z") return time;
  const auto zone_hours = detail::digits(zone, 1, 2);
  const auto zone_minutes = detail::digits(zone, 4, 2);
  if (zone.size() != 6 || !zone_hours || !zone_minutes || zone[3] != ':' || *zone_hours > 23 ||
      *zone_minutes > 59 || (zone[0] != '+' && zone[0] != '-')) {
    return std::nullopt;
  }
  const minutes shift = hours{*zone_hours} + minutes{*zone_minutes};
  return zone[0] == '+' ? time - shift : time + shift;
}

/// The shortest of these that loses nothing: `1500ms`, `2m`, `250us`.
[[nodiscard]] inline std::string to_text(Duration duration) {
  static constexpr std::array<std::pair<const char*, std::int64_t>, 7> units{
      {{"d", 86'400'000'000'000},
       {"h", 3'600'000'000'000},
       {"m", 60'000'000'000},
       {"s", 1'000'000'000},
       {"ms", 1'000'000},
       {"us", 1'000},
       {"ns", 1}}};
  if (duration.count() == 0) return "0s";
  for (const auto& [name, factor] : units) {
    if (duration.count() % factor == 0) return std::to_string(duration.count() / factor) + name;
  }
  return {};
}

[[nodiscard]] inline std::string to_text(Bytes bytes) {
  static constexpr std::array<std::pair<const char*, std::int64_t>, 4> units{
      {{"GiB", std::int64_t{1} << 30U}, {"MiB", 1 << 20}, {"KiB", 1 << 10}, {"B", 1}}};
  for (const auto& [name, factor] : units) {
    if (bytes.count != 0 && bytes.count % factor == 0)
      return std::to_string(bytes.count / factor) + name;
  }
  return "0B";
}

/// RFC 3339 in UTC with as many digits of a second (0, 3, 6 or 9) as it takes.
[[nodiscard]] inline std::string to_text(Timestamp time) {
  using namespace std::chrono;
  // Not floor<days>: the first midnight that 64 bits cannot hold lies before the earliest times.
  constexpr std::int64_t a_day = nanoseconds{days{1}}.count();
  const std::int64_t count = time.time_since_epoch().count();
  const std::int64_t rest = count % a_day;
  const year_month_day date{sys_days{days{count / a_day - (rest < 0 ? 1 : 0)}}};
  const hh_mm_ss clock{nanoseconds{rest < 0 ? rest + a_day : rest}};
  std::array<char, 48> text{};
  int used = std::snprintf(
      text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d", static_cast<int>(date.year()),
      static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
      static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
      static_cast<int>(clock.seconds().count()));
  std::string out(text.data(), static_cast<std::size_t>(used));
  const std::int64_t fraction = clock.subseconds().count();
  if (fraction != 0) {
    used = std::snprintf(text.data(), text.size(), ".%09lld", static_cast<long long>(fraction));
    std::string digits(text.data(), static_cast<std::size_t>(used));
    while (digits.size() > 4 && digits.ends_with("000")) digits.resize(digits.size() - 3);
    out += digits;
  }
  return out + "Z";
}

}  // namespace weir
