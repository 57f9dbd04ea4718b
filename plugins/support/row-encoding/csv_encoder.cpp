// SPDX-License-Identifier: Apache-2.0
#include "csv_encoder.hpp"

#include <algorithm>
#include <weir/error.hpp>

#include "value_text.hpp"

namespace weir::rows {
namespace {

/// Also an empty text is quoted, so that it is not a null.
bool needs_quotes(std::string_view text) {
  return text.empty() || text.find_first_of(",\"\r\n") != std::string_view::npos;
}

char* write_cell(char* to, std::string_view text) {
  if (!needs_quotes(text)) return std::copy(text.begin(), text.end(), to);
  *to++ = '"';
  for (const char c : text) {
    if (c == '"') *to++ = '"';
    *to++ = c;
  }
  *to++ = '"';
  return to;
}

}  // namespace

CsvEncoder::CsvEncoder(const Batch& batch) {
  columns_.push_back(batch.time().name());
  for (const Column& column : batch.columns()) {
    if (column.role() != Role::time) columns_.push_back(column.name());
  }
}

void CsvEncoder::write_header(TextBuffer& text) const {
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    char* to = text.room(2 * columns_[i].size() + 3);
    if (i > 0) *to++ = ',';
    text.end_at(write_cell(to, columns_[i]));
  }
  text.append("\n");
}

void CsvEncoder::encode(const Batch& batch, TextBuffer& text) const {
  for (const Column& column : batch.columns()) {
    if (std::find(columns_.begin(), columns_.end(), column.name()) == columns_.end()) {
      throw Rejected("the CSV file has no column '" + column.name() +
                     "', and its header is written; use JSON lines, or a file of its own");
    }
  }
  std::vector<const Column*> columns;
  for (const std::string& name : columns_) columns.push_back(batch.find(name));
  for (std::size_t row = 0; row < batch.rows(); ++row) {
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const Column* column = columns[i];
      const bool missing = column == nullptr || is_missing(*column, row);
      const bool is_text = !missing && column->type() == Type::utf8;
      const std::string_view value = is_text ? column->text(row) : std::string_view{};
      char* to = text.room(2 * value.size() + most_value_text + 4);
      if (i > 0) *to++ = ',';
      if (is_text) {
        to = write_cell(to, value);
      } else if (!missing) {
        to = write_value(to, *column, row);
      }
      text.end_at(to);
    }
    text.append("\n");
  }
}

}  // namespace weir::rows
