// SPDX-License-Identifier: Apache-2.0
#pragma once
/// One line of InfluxDB line protocol, taken apart:
/// measurement[,tag=value…] field=value[,field=value…] [time]

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "row_builder.hpp"

namespace weir::rows {

struct LineProtocolLine {
  std::string_view measurement;
  std::vector<std::pair<std::string_view, std::string_view>> tags;
  std::vector<std::pair<std::string_view, Cell>> fields;
  std::string_view time;              ///< digits; empty: the line has none
  std::deque<std::string> unescaped;  ///< what views of escaped texts point to
};

/// Takes a line apart; its views live as long as `text` and `line`. Returns nullptr, or what is
/// wrong. https://docs.influxdata.com/influxdb/v2/reference/syntax/line-protocol/
[[nodiscard]] const char* parse_line(std::string_view text, LineProtocolLine& line);

/// The size of the first record of `text` with its line end: a line end in a quoted field value
/// does not end it. npos: none ends in the text.
[[nodiscard]] std::size_t line_size(std::string_view text);

}  // namespace weir::rows
