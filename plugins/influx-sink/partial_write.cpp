// SPDX-License-Identifier: Apache-2.0
#include "partial_write.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <numeric>
#include <string>

namespace weir::influx_sink {
namespace {

constexpr std::size_t npos = std::string_view::npos;

std::string_view without_line_end(std::string_view line) {
  while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

/// Lines that stand in the message between the quotes of "unable to parse '…'".
std::vector<std::size_t> quoted_lines(std::span<const std::string_view> lines,
                                      std::string_view message) {
  std::vector<std::size_t> found;
  if (message.find("unable to parse") == npos) return found;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string needle = "unable to parse '" + std::string(without_line_end(lines[i])) + "'";
    if (message.find(needle) != npos) found.push_back(i);
  }
  return found;
}

/// What stands between quotes after `before`; empty: it is not there.
std::string_view quoted_after(std::string_view message, std::string_view before) {
  const std::size_t at = message.find(before);
  if (at == npos) return {};
  std::string_view rest = message.substr(at + before.size());
  while (!rest.empty() && (rest.front() == '\\' || rest.front() == '"' || rest.front() == ' '))
    rest.remove_prefix(1);
  return rest.substr(0, rest.find_first_of("\\\""));
}

/// Lines of the measurement that carry the field of a type conflict.
std::vector<std::size_t> conflicting_lines(std::span<const std::string_view> lines,
                                           std::string_view message) {
  std::vector<std::size_t> found;
  const std::string_view field = quoted_after(message, "input field ");
  const std::string_view measurement = quoted_after(message, "on measurement ");
  if (field.empty() || measurement.empty()) return found;
  const std::string first = " " + std::string(field) + "=";
  const std::string other = "," + std::string(field) + "=";
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string_view line = lines[i];
    const bool same = line.starts_with(measurement) && line.size() > measurement.size() &&
                      (line[measurement.size()] == ',' || line[measurement.size()] == ' ');
    if (same && (line.find(first) != npos || line.find(other) != npos)) found.push_back(i);
  }
  return found;
}

std::int64_t time_of(std::string_view line) {
  line = without_line_end(line);
  const std::size_t blank = line.rfind(' ');
  std::int64_t time = 0;
  if (blank != npos) std::from_chars(line.data() + blank + 1, line.data() + line.size(), time);
  return time;
}

/// A retention policy drops the oldest.
std::vector<std::size_t> oldest_lines(std::span<const std::string_view> lines, std::size_t count) {
  std::vector<std::size_t> found(lines.size());
  std::iota(found.begin(), found.end(), std::size_t{0});
  std::stable_sort(found.begin(), found.end(), [&](std::size_t a, std::size_t b) {
    return time_of(lines[a]) < time_of(lines[b]);
  });
  found.resize(std::min(count, found.size()));
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace

Suspects find_dropped(std::span<const std::string_view> lines, std::string_view message,
                      std::size_t dropped) {
  // In a parse error the server counts no dropped rows, but names every bad line.
  std::vector<std::size_t> found = quoted_lines(lines, message);
  if (!found.empty()) return {found, dropped == 0 || dropped == found.size()};
  found = conflicting_lines(lines, message);
  if (!found.empty()) return {found, dropped == found.size()};
  if (dropped > 0 && message.find("retention policy") != npos)
    return {oldest_lines(lines, dropped), true};
  found.resize(lines.size());
  std::iota(found.begin(), found.end(), std::size_t{0});
  return {found, dropped == lines.size()};
}

}  // namespace weir::influx_sink
