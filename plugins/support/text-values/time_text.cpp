// SPDX-License-Identifier: Apache-2.0
#include "time_text.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <weir/units.hpp>

#include "number_text.hpp"

namespace weir::rows {
namespace {

constexpr std::int64_t second = 1'000'000'000;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
int two(const char* at) { return (at[0] - '0') * 10 + (at[1] - '0'); }

/// "hh:mm:ss[.fraction]Z" in nanoseconds; -1: something else.
std::int64_t parse_clock(std::string_view text) {
  if (text.size() < 9 || text.back() != 'Z' || text[2] != ':' || text[5] != ':') return -1;
  for (const std::size_t i : {0U, 1U, 3U, 4U, 6U, 7U}) {
    if (!is_digit(text[i])) return -1;
  }
  const int hours = two(text.data());
  const int minutes = two(text.data() + 3);
  const int seconds = two(text.data() + 6);
  if (hours > 23 || minutes > 59 || seconds > 59) return -1;
  std::int64_t time = (hours * 3600 + minutes * 60 + seconds) * second;
  if (text.size() == 9) return time;
  if (text[8] != '.' || text.size() == 10) return -1;
  std::int64_t unit = second / 10;
  for (std::size_t i = 9; i + 1 < text.size(); ++i, unit /= 10) {
    if (!is_digit(text[i])) return -1;
    time += (text[i] - '0') * unit;
  }
  return time;
}

std::int64_t unit_of(TimeFormat format, double magnitude) {
  switch (format) {
    case TimeFormat::seconds:
      return second;
    case TimeFormat::milliseconds:
      return 1'000'000;
    case TimeFormat::microseconds:
      return 1'000;
    case TimeFormat::nanoseconds:
      return 1;
    default:
      break;
  }
  if (magnitude < 1e11) return second;
  if (magnitude < 1e14) return 1'000'000;
  return magnitude < 1e17 ? 1'000 : 1;
}

bool scale(std::int64_t& value, std::int64_t unit) {
  return !__builtin_mul_overflow(value, unit, &value);
}

/// A decimal number of units, exact to the nanosecond.
std::optional<std::int64_t> parse_unix(std::string_view text, TimeFormat format) {
  const std::size_t dot = text.find('.');
  const auto whole = parse_integer(text.substr(0, dot));
  if (!whole || text.find_first_of("eE") != std::string_view::npos) {
    const auto number = parse_double(text);  // "1.7e9", ".5"
    if (!number) return std::nullopt;
    const double nanoseconds = *number * static_cast<double>(unit_of(format, std::fabs(*number)));
    if (std::fabs(nanoseconds) > 9.2e18) return std::nullopt;
    return std::llround(nanoseconds);
  }
  const std::int64_t unit = unit_of(format, std::fabs(static_cast<double>(*whole)));
  std::int64_t time = *whole;
  if (!scale(time, unit)) return std::nullopt;
  if (dot == std::string_view::npos) return time;
  std::int64_t fraction = 0;
  std::int64_t place = unit;
  for (const char c : text.substr(dot + 1)) {
    if (!is_digit(c)) return std::nullopt;
    place /= 10;
    fraction += (c - '0') * place;
  }
  if (text.front() == '-') fraction = -fraction;
  if (__builtin_add_overflow(time, fraction, &time)) return std::nullopt;
  return time;
}

}  // namespace

std::optional<std::int64_t> TimeParser::parse(std::string_view text) {
  if (text.empty()) return std::nullopt;
  const bool date = text.size() >= 10 && text[4] == '-' && text[7] == '-';
  if (format_ == TimeFormat::rfc3339 || (format_ == TimeFormat::automatic && date)) {
    return parse_text(text);
  }
  return parse_unix(text, format_);
}

std::optional<std::int64_t> TimeParser::parse_text(std::string_view text) {
  if (text.size() > 11 && text[10] == 'T' && std::memcmp(text.data(), date_.data(), 10) == 0) {
    const std::int64_t clock = parse_clock(text.substr(11));
    if (clock >= 0) return midnight_ + clock;
  }
  const auto time = parse_timestamp(text);
  if (!time) return std::nullopt;
  if (const auto midnight = parse_timestamp(text.substr(0, 10))) {
    std::copy_n(text.data(), 10, date_.data());
    midnight_ = midnight->time_since_epoch().count();
  }
  return time->time_since_epoch().count();
}

char* write_time(char* to, std::int64_t nanoseconds) {
  const std::string text = to_text(Timestamp{Duration{nanoseconds}});
  return std::copy(text.begin(), text.end(), to);
}

}  // namespace weir::rows
