// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Batches as CSV (RFC 4180 with LF): the time as RFC 3339, nulls as nothing, values of scaled
/// columns as physical values.

#include <string>
#include <string_view>
#include <vector>
#include <weir/batch.hpp>

#include "text_buffer.hpp"

namespace weir::rows {

/// The columns of one CSV file, in its order.
class CsvEncoder {
 public:
  /// The columns of a batch, the time first.
  explicit CsvEncoder(const Batch& batch);
  /// Those of a file that there is already.
  explicit CsvEncoder(std::vector<std::string> columns) : columns_(std::move(columns)) {}

  /// With a line end.
  void write_header(TextBuffer& text) const;
  /// A line a row; columns that the batch lacks stay empty. Throws Rejected, and writes nothing,
  /// for a batch with a column that the file lacks.
  void encode(const Batch& batch, TextBuffer& text) const;

 private:
  std::vector<std::string> columns_;
};

}  // namespace weir::rows
