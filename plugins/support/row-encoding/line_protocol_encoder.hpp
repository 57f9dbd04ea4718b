// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Batches as InfluxDB line protocol:
/// https://docs.influxdata.com/influxdb/v2/reference/syntax/line-protocol/

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>
#include <weir/batch.hpp>

#include "text_buffer.hpp"

namespace weir::rows {

/// A row that line protocol cannot say.
struct UnusableRow {
  std::size_t row;
  std::string reason;
};

/// What became of the rows of a batch that are not in the text.
struct LeftOut {
  std::size_t without_field = 0;  ///< rows whose fields are all null: there is nothing to store
  std::vector<UnusableRow> unusable;
};

/// The unusable rows of a batch, with a text field `reason`.
[[nodiscard]] Batch unusable_rows(const Batch& batch, const LeftOut& left_out);

/// Writes a line a row, times in nanoseconds. Nulls are left out, empty tags too. A value that a
/// scaler changed is written as the physical value. A line end in a tag becomes the two characters
/// \n: the format has no other way. Columns are looked at once a batch, rows only copied.
class LineProtocolEncoder {
 public:
  /// Appends to `text`; `ends` gets the size of the text after each row. Throws Rejected for a
  /// measurement that the format cannot say.
  LeftOut encode(const Batch& batch, TextBuffer& text, std::vector<std::size_t>& ends);

 private:
  /// ",name=" or the measurement. Short ones are copied as 32 bytes at once.
  struct Prefix {
    std::string text;
    std::array<char, 32> head{};
    void assign(std::string value);
    [[nodiscard]] char* write(char* to) const;
  };
  struct Plan {
    Prefix prefix;
    Column column;
    std::span<const double> doubles;
    std::span<const std::int64_t> integers;
    bool nulls = false;
    bool scaled = false;
    bool plain = true;  ///< text: nothing in it needs escaping
  };

  void prepare(const Batch& batch);
  void add_plan(const Column& column, std::vector<Plan>& plans, std::size_t& used);
  [[nodiscard]] std::size_t text_size(std::size_t row) const;
  char* write_tags(char* to, std::size_t row, const char*& fault) const;
  [[nodiscard]] char* write_fields(char* to, std::size_t row) const;

  Prefix measurement_;
  std::vector<Plan> tags_;
  std::vector<Plan> fields_;
  std::size_t tag_count_ = 0;
  std::size_t field_count_ = 0;
  std::size_t fixed_size_ = 0;
};

}  // namespace weir::rows
