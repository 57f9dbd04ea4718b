// SPDX-License-Identifier: Apache-2.0
#pragma once
/// A file that is written at its end.

#include <cstddef>
#include <string>
#include <string_view>

#include "text_buffer.hpp"

namespace weir::file_sink {

class OutputFile {
 public:
  /// "-" is standard output. Makes missing folders. A file that ends in the middle of a line (its
  /// writer was killed) gets a line end first. Throws Fatal where it cannot be opened.
  OutputFile(std::string path, bool append);
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  ~OutputFile();

  /// True for a new or empty file.
  [[nodiscard]] bool empty() const { return empty_; }
  /// The first line of a file that was there before, without its end.
  [[nodiscard]] std::string first_line() const;
  /// Text that waits to be written.
  [[nodiscard]] rows::TextBuffer& text() { return text_; }
  /// Writes what waits. Throws RetryLater where the disk is full: what is not written still waits.
  void write();
  /// What was written survives a power cut.
  void sync();

 private:
  std::string path_;
  int fd_ = -1;
  bool empty_ = true;
  rows::TextBuffer text_;
};

}  // namespace weir::file_sink
