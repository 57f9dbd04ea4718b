// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Rows that cannot be used, kept with their place and the reason.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>
#include <weir/batch.hpp>

namespace weir::rows {

struct Rejection {
  std::uint64_t line = 0;  ///< from 1
  std::string text;        ///< valid UTF-8, at most `most_rejected_text` bytes
  std::string reason;
};

inline constexpr std::size_t most_rejected_text = 4096;

/// Valid UTF-8 of at most `most_rejected_text` bytes; bytes that are none become \xNN.
[[nodiscard]] std::string printable(std::string_view text);

/// Counts the lines of a text and gathers the bad ones.
class Rejections {
 public:
  /// The record at the present line.
  void add(std::string_view text, std::string reason) {
    rejections_.push_back({line_, printable(text), std::move(reason)});
  }
  void advance(std::size_t lines = 1) { line_ += lines; }

  [[nodiscard]] std::uint64_t line() const { return line_; }
  [[nodiscard]] std::size_t size() const { return rejections_.size(); }
  [[nodiscard]] const std::vector<Rejection>& list() const { return rejections_; }

  /// All so far as a batch `rejected_rows` (tag path; line, text, reason) and forgets them.
  [[nodiscard]] Batch take(std::string_view path, std::int64_t now);

 private:
  std::uint64_t line_ = 1;
  std::vector<Rejection> rejections_;
};

}  // namespace weir::rows
