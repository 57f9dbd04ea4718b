// SPDX-License-Identifier: Apache-2.0
#include "core/config/quotes.hpp"

namespace weir::core::config {
namespace {

// What `\c` stands for, or 0 when it is no escape.
char unescape(char c) {
  switch (c) {
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    case '"':
    case '\\':
      return c;
    default:
      return 0;
  }
}

}  // namespace

std::optional<Quoted> read_quoted(std::string_view source) {
  const char quote = source.front();
  std::string text;
  for (std::size_t at = 1; at < source.size(); ++at) {
    const char c = source[at];
    const char next = at + 1 < source.size() ? source[at + 1] : '\0';
    if (quote == '"' && c == '\\' && unescape(next) != 0) {
      text += unescape(next);
      ++at;
    } else if (quote == '\'' && c == '\'' && next == '\'') {
      text += '\'';
      ++at;
    } else if (c == quote) {
      return Quoted{std::move(text), at + 1};
    } else {
      text += c;
    }
  }
  return std::nullopt;
}

}  // namespace weir::core::config
