// SPDX-License-Identifier: Apache-2.0
#include "default_route.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace weir::netdev_source {
namespace {

// linux/route.h
constexpr std::uint32_t route_is_up = 0x0001;
constexpr std::uint32_t route_rejects = 0x0200;

std::vector<std::string_view> words_of(std::string_view line) {
  constexpr std::string_view blanks = " \t\r";
  std::vector<std::string_view> words;
  for (auto at = line.find_first_not_of(blanks); at != std::string_view::npos;) {
    const auto end = std::min(line.find_first_of(blanks, at), line.size());
    words.push_back(line.substr(at, end - at));
    at = line.find_first_not_of(blanks, end);
  }
  return words;
}

std::optional<std::uint32_t> number(std::string_view text, int base) {
  std::uint32_t value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc{} || stop != text.data() + text.size()) return std::nullopt;
  return value;
}

bool all_zero(std::string_view hex) { return hex.find_first_not_of('0') == std::string_view::npos; }

struct Route {
  std::string_view interface;
  std::uint32_t metric;
};

// Where the two files keep what matters.
struct Layout {
  std::size_t interface, destination, prefix, flags, metric, words;
  int metric_base;
};
// Iface Destination Gateway Flags RefCnt Use Metric Mask MTU Window IRTT; a mask of 0 is a prefix
// of 0.
constexpr Layout ipv4_layout{0, 1, 7, 3, 6, 8, 10};
// destination prefix source source-prefix next-hop metric references use flags interface
constexpr Layout ipv6_layout{9, 0, 1, 8, 5, 10, 16};

std::optional<Route> default_route(std::string_view line, const Layout& layout) {
  const auto words = words_of(line);
  if (words.size() < layout.words) return std::nullopt;
  const auto flags = number(words[layout.flags], 16);
  const auto metric = number(words[layout.metric], layout.metric_base);
  if (!flags || !metric) return std::nullopt;  // the headings too
  if ((*flags & route_is_up) == 0 || (*flags & route_rejects) != 0) return std::nullopt;
  if (!all_zero(words[layout.destination]) || !all_zero(words[layout.prefix])) return std::nullopt;
  return Route{words[layout.interface], *metric};
}

std::optional<std::string> best_of(std::string_view text, const Layout& layout) {
  std::optional<Route> best;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto route = default_route(text.substr(0, end), layout);
    if (route && (!best || route->metric < best->metric)) best = route;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  if (!best) return std::nullopt;
  return std::string(best->interface);
}

}  // namespace

std::optional<std::string> default_interface(std::string_view route, std::string_view ipv6_route) {
  if (auto found = best_of(route, ipv4_layout)) return found;
  return best_of(ipv6_route, ipv6_layout);
}

}  // namespace weir::netdev_source
