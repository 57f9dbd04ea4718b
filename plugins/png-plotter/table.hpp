// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace weir::png_plotter {

inline constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

// What the pictures need of one column. Exactly one of `numbers` and `texts` is filled, with one
// entry a row. A null number is NaN (infinities count as null too); a null text is empty.
struct Column {
  std::string name;
  std::string unit;   // empty if unknown
  std::string field;  // the field's name before it was pivoted; empty if it never was
  bool is_tag = false;
  bool is_clock = false;  // numbers are seconds since 1970 UTC
  std::vector<double> numbers;
  std::vector<std::string> texts;

  [[nodiscard]] bool is_number() const { return !is_tag && !is_clock && texts.empty(); }
};

// One batch, in physical values. `time` is in seconds since 1970 UTC, one entry a row.
struct Table {
  std::string measurement;
  std::vector<double> time;
  std::vector<Column> columns;

  [[nodiscard]] std::size_t rows() const { return time.size(); }

  // The column of that name, or nullptr.
  [[nodiscard]] const Column* find(std::string_view name) const {
    for (const Column& column : columns) {
      if (column.name == name) return &column;
    }
    return nullptr;
  }
};

}  // namespace weir::png_plotter
