// SPDX-License-Identifier: Apache-2.0
#pragma once
/// A value that is no text, as files show it.

#include <algorithm>
#include <cmath>
#include <string_view>
#include <weir/batch.hpp>

#include "number_text.hpp"
#include "time_text.hpp"

namespace weir::rows {

inline constexpr std::size_t most_value_text = std::max(most_number_text, most_time_text);

[[nodiscard]] inline bool is_scaled(const Column& column) {
  return column.numeric() && (column.info().scale != 1 || column.info().offset != 0);
}

/// Writes the physical value at `row`, which is no null; a time without quotes. Returns the end.
inline char* write_value(char* to, const Column& column, std::size_t row) {
  if (is_scaled(column)) return write_double(to, column.physical(row));
  switch (column.type()) {
    case Type::timestamp:
      return write_time(to, column.integers()[row]);
    case Type::float64:
      return write_double(to, column.doubles()[row]);
    case Type::boolean: {
      const std::string_view word = column.boolean(row) ? "true" : "false";
      return std::copy(word.begin(), word.end(), to);
    }
    default:
      return write_integer(to, column.integers()[row]);
  }
}

/// Null, or a number that no format can say.
[[nodiscard]] inline bool is_missing(const Column& column, std::size_t row) {
  if (!column.valid(row)) return true;
  return column.type() == Type::float64 && !std::isfinite(column.physical(row));
}

}  // namespace weir::rows
