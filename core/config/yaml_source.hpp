// SPDX-License-Identifier: Apache-2.0
// What yaml-cpp does not tell about the text it read: how a value is written, and what its errors
// mean to a person. Internal to core/config.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "core/config/problem.hpp"

namespace weir::core::config {

// How the scalar that starts at text[offset], and means `value`, stands in the source.
struct Writing {
  std::size_t length = 1;  // in characters, on its first line
  std::size_t end = 0;     // byte offset past its last character, for quoted ones
  bool quoted = false;     // quoted or a block text
  bool verbatim = false;   // `value` itself, at most inside quotes
  bool closed = true;      // false: the quote is open to the end of the file (yaml-cpp takes it)
  bool several_lines = false;
};

[[nodiscard]] Writing inspect_scalar(std::string_view text, std::size_t offset,
                                     const std::string& value);

// Whether the null at text[offset] is written out (`~`, `null`), not just left empty.
[[nodiscard]] bool is_written_null(std::string_view text, std::size_t offset);

struct Explanation {
  std::string message, hint;
};

// A syntax error of yaml-cpp (`what`, at text[offset]) in plain words.
[[nodiscard]] Explanation explain_syntax_error(std::string_view what, std::string_view text,
                                               std::size_t offset);

}  // namespace weir::core::config
