// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Cuts CSV text into records and cells (RFC 4180; line ends CRLF or LF).

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace weir::rows {

struct CsvRecord {
  std::vector<std::string_view> cells;  ///< without their quotes
  std::string_view text;                ///< as it stands, without the line end
  std::size_t size = 0;                 ///< bytes, with the line end
  std::size_t lines = 0;                ///< line ends in it
  const char* fault = nullptr;          ///< why the record is malformed

  [[nodiscard]] bool blank() const { return text.empty(); }
};

class CsvSplitter {
 public:
  explicit CsvSplitter(char delimiter) : delimiter_(delimiter) {}

  /// The record at the front of `text`; false: its end is not in the text. `last`: the end of the
  /// text ends the record. Of a malformed record only the first line is taken. The cells live until
  /// the next call, as long as the text does.
  bool split(std::string_view text, bool last, CsvRecord& record);

 private:
  /// A cell in quotes from behind the opening one; returns behind the closing one, npos: none
  /// there.
  std::size_t quoted(std::string_view text, std::size_t at, CsvRecord& record);
  static bool malformed(std::string_view text, CsvRecord& record, const char* fault);

  char delimiter_;
  std::deque<std::string> unescaped_;
};

}  // namespace weir::rows
