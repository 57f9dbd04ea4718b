// SPDX-License-Identifier: Apache-2.0
#include "proc_net_dev.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace weir::netdev_source {
namespace {

constexpr std::string_view blanks = " \t\r";

std::string_view take_line(std::string_view& text) {
  const auto end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

void skip_blanks(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
}

// bytes packets errs drop fifo frame compressed multicast, then the same for the other direction.
std::optional<Counters> parse_columns(std::string_view text) {
  std::array<std::uint64_t, 16> columns{};
  for (std::uint64_t& column : columns) {
    skip_blanks(text);
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), column);
    if (error != std::errc{}) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(stop - text.data()));
    if (!text.empty() && blanks.find(text.front()) == std::string_view::npos) return std::nullopt;
  }
  return Counters{.rx_bytes = columns[0],
                  .rx_packets = columns[1],
                  .rx_errors = columns[2],
                  .rx_drops = columns[3],
                  .tx_bytes = columns[8],
                  .tx_packets = columns[9],
                  .tx_errors = columns[10],
                  .tx_drops = columns[11]};
}

}  // namespace

const Interface* InterfaceTable::find(std::string_view name) const {
  const auto at = std::find_if(interfaces.begin(), interfaces.end(),
                               [&](const Interface& interface) { return interface.name == name; });
  return at == interfaces.end() ? nullptr : &*at;
}

InterfaceTable parse_proc_net_dev(std::string_view text) {
  InterfaceTable table;
  while (!text.empty()) {
    std::string_view line = take_line(text);
    skip_blanks(line);
    if (line.empty() || line.find('|') != std::string_view::npos)
      continue;  // the two lines of headings
    // The kernel allows no colon in a name, and old ones put no blank behind it.
    const auto colon = line.find(':');
    const auto counters = colon == 0 || colon == std::string_view::npos
                              ? std::nullopt
                              : parse_columns(line.substr(colon + 1));
    if (counters) {
      table.interfaces.push_back({std::string(line.substr(0, colon)), *counters});
    } else {
      ++table.malformed_lines;
    }
  }
  return table;
}

}  // namespace weir::netdev_source
