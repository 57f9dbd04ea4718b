// SPDX-License-Identifier: Apache-2.0
// Quoted text as INI values, list elements and .env lines write it. Internal to core/config.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace weir::core::config {

struct Quoted {
  std::string text;  // without quotes and escapes
  std::size_t size;  // bytes of the source, both quotes included
};

[[nodiscard]] inline bool is_quote(char c) { return c == '"' || c == '\''; }

// Reads the quoted text at the start of `source` (which begins with a quote): "..." with the
// escapes \" \\ \n \r \t, any other backslash being itself; '...' where '' is one quote. nullopt
// when it is not closed.
[[nodiscard]] std::optional<Quoted> read_quoted(std::string_view source);

}  // namespace weir::core::config
