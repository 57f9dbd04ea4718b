// SPDX-License-Identifier: Apache-2.0
// Characters, positions and the first look at a file's bytes. Internal to core/config.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/config/problem.hpp"

namespace weir::core::config {

inline constexpr std::size_t kMaxFileBytes = 1024 * 1024;
inline constexpr int kMaxDepth = 32;
// A file of 1 MiB can hold half a million values; each costs some 200 bytes of tree.
inline constexpr std::size_t kMaxValues = 100'000;

struct Character {
  char32_t code = 0;
  std::size_t size = 1;  // in bytes
  bool valid = true;
};

// The character at text[at] (at < text.size()). What is not well-formed UTF-8 (RFC 3629) is one
// invalid byte.
[[nodiscard]] Character decode(std::string_view text, std::size_t at);
[[nodiscard]] std::size_t count_characters(std::string_view text);
[[nodiscard]] bool is_valid_utf8(std::string_view text);

// Columns that a terminal gives a character: 0 (combining), 1 or 2 (East Asian wide, emoji).
[[nodiscard]] int display_width(char32_t code);

// What must not reach a terminal: control characters and those that change the direction of
// writing.
[[nodiscard]] bool is_unprintable(char32_t code);
[[nodiscard]] std::string printable(std::string_view text);

[[nodiscard]] std::string_view trim(std::string_view text);  // blanks and tabs

[[nodiscard]] std::vector<std::size_t> find_line_starts(std::string_view text);

// Byte offsets of one text to places. Remembers where it was last: a million look-ups in one long
// line, in order, cost one pass.
class Positions {
 public:
  Positions(std::string file, std::string_view text, int first_line = 1);

  [[nodiscard]] Place at(std::size_t offset, std::size_t length_in_characters = 1);

 private:
  std::string file_;
  std::string_view text_;
  int first_line_;
  std::vector<std::size_t> line_starts_;
  std::size_t line_ = 0;    // index of the line that the cursor is in
  std::size_t offset_ = 0;  // the cursor, a character's first byte
  int column_ = 0;          // characters between the line's start and the cursor
};

// Refuses what no pipeline file can be (too big, binary, not UTF-8, control characters) with a
// problem and nullopt; else gives the text without byte order mark and with '\n' as its only line
// end.
[[nodiscard]] std::optional<std::string> clean_text(const std::string& file, std::string_view bytes,
                                                    Problems& problems);

}  // namespace weir::core::config
