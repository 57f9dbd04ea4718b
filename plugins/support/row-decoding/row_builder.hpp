// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Rows of one measurement under construction: learns the columns, checks the values.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>
#include <weir/batch.hpp>

#include "decoder.hpp"
#include "time_text.hpp"

namespace weir::rows {

/// What a value looks like in the text.
enum class Look : std::uint8_t { nothing, integer, number, boolean, text };

/// A value as it stands in the text.
struct Cell {
  Look look = Look::nothing;
  std::string_view text;  ///< as written
  std::int64_t integer = 0;
  double number = 0;  ///< also of an integer
  bool boolean = false;
};

/// A value of a format that knows only text: empty is nothing; "true" and "false" in any case are
/// booleans; whole numbers without leading zeros are integers.
[[nodiscard]] Cell look_at(std::string_view text);
/// Texts that stand for a missing number: null, NaN, inf, NA, N/A, none and "-", in any case.
[[nodiscard]] bool means_missing(std::string_view text);

/// Use: observe all values of the first rows, learn(), then for each row put its cells and end it.
class RowBuilder {
 public:
  static constexpr std::size_t ignored = static_cast<std::size_t>(-1);
  static constexpr std::size_t unknown = static_cast<std::size_t>(-2);
  static constexpr std::size_t most_columns = 4096;

  explicit RowBuilder(RowFormat format);

  [[nodiscard]] const RowFormat& format() const { return format_; }
  [[nodiscard]] bool learned() const { return learned_; }
  /// Before learn: the column has been seen with such a value.
  void observe(std::string_view name, Look look);
  /// Makes the columns: the time, the tags, then the fields in the order of their appearance.
  void learn();

  /// The column of that name, `ignored` if the pipeline does not want it, or `unknown`. `hint`:
  /// where it is likely to be.
  [[nodiscard]] std::size_t find(std::string_view name, std::size_t hint = 0) const;
  /// A column that is first met after learn; numbers become float64, for one value says little.
  /// `unknown`: there are too many.
  std::size_t add(std::string_view name, Look look);
  std::size_t add(ColumnInfo info);

  /// The value of a column in the present row; false: it does not fit, see reason().
  bool put(std::size_t column, const Cell& cell);
  /// The time of the present row, ready made.
  bool put_time(std::int64_t time);
  /// Fills what is missing with nulls; false: the row has no time, see reason().
  bool end_row();
  void drop_row();
  /// Why the last put, add or end_row failed.
  [[nodiscard]] const std::string& reason() const { return reason_; }

  [[nodiscard]] std::size_t rows() const { return rows_; }
  [[nodiscard]] Batch build();

  /// For readers that put values straight into the columns: column 0 is the time.
  [[nodiscard]] ColumnBuilder& column(std::size_t index) { return columns_[index]; }
  [[nodiscard]] std::size_t columns() const { return columns_.size(); }
  [[nodiscard]] TimeParser& time_parser() { return time_parser_; }
  /// All columns hold one value more than before.
  void count_row() { ++rows_; }

 private:
  struct Seen {
    std::string name;
    unsigned looks = 0;
  };

  [[nodiscard]] const FieldWish* wish(std::string_view name) const;
  [[nodiscard]] bool is_tag(std::string_view name) const;
  bool put_value(ColumnBuilder& column, const Cell& cell);
  bool fail(const ColumnBuilder& column, const Cell& cell);

  RowFormat format_;
  TimeParser time_parser_;
  bool learned_ = false;
  std::vector<Seen> seen_;
  std::size_t next_seen_ = 0;
  std::vector<ColumnBuilder> columns_;
  std::size_t rows_ = 0;
  std::string reason_;
};

}  // namespace weir::rows
