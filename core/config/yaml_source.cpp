// SPDX-License-Identifier: Apache-2.0
#include "core/config/yaml_source.hpp"

#include <yaml-cpp/exceptions.h>

#include <algorithm>
#include <array>

#include "core/config/text.hpp"

namespace weir::core::config {
namespace {

std::string_view line_round(std::string_view text, std::size_t offset) {
  const std::size_t at = std::min(offset, text.size());
  const auto before = at == 0 ? std::string_view::npos : text.rfind('\n', at - 1);
  const std::size_t start = before == std::string_view::npos ? 0 : before + 1;
  return text.substr(start, text.find('\n', start) - start);
}

bool is_indented_by_tab(std::string_view line) {
  return line.substr(0, line.find_first_not_of(" \t")).find('\t') != std::string_view::npos;
}

// Past the closing quote of the text that opens at text[open], or npos.
std::size_t find_quote_end(std::string_view text, std::size_t open) {
  const char quote = text[open];
  for (std::size_t at = open + 1; at < text.size(); ++at) {
    if (quote == '"' && text[at] == '\\') {
      ++at;
    } else if (text[at] == quote) {
      const bool doubled = quote == '\'' && at + 1 < text.size() && text[at + 1] == quote;
      if (!doubled) return at + 1;
      ++at;
    }
  }
  return std::string_view::npos;
}

Writing inspect_quoted(std::string_view text, std::size_t offset, const std::string& value) {
  Writing writing;
  writing.quoted = true;
  const std::size_t end = find_quote_end(text, offset);
  writing.closed = end != std::string_view::npos;
  writing.end = writing.closed ? end : text.size();
  const std::string_view whole = text.substr(offset, writing.end - offset);
  const std::string_view first_line = whole.substr(0, whole.find('\n'));
  writing.several_lines = first_line.size() < whole.size();
  writing.length = count_characters(first_line);
  writing.verbatim = writing.closed && whole.substr(1, whole.size() - 2) == value;
  return writing;
}

const char* const kQuoteIt = "put the text in quotes";

Explanation explain_unknown_token(std::string_view text, std::size_t offset) {
  if (offset >= text.size()) return {"the file ends in the middle of a value", ""};
  if (text[offset] == '\t') return {"a tab cannot stand here", "use spaces"};
  const std::string_view character = text.substr(offset, decode(text, offset).size);
  return {"a value cannot start with '" + std::string(character) + "'", kQuoteIt};
}

}  // namespace

Writing inspect_scalar(std::string_view text, std::size_t offset, const std::string& value) {
  Writing writing;
  if (offset >= text.size()) return writing;
  const char first = text[offset];
  if (first == '"' || first == '\'') return inspect_quoted(text, offset, value);
  if (first == '|' || first == '>') {
    writing.quoted = true;
    writing.several_lines = true;
    return writing;
  }
  writing.verbatim = text.substr(offset, value.size()) == value;
  if (writing.verbatim && value.find('\n') == std::string::npos) {
    writing.length = count_characters(value);
  } else {
    const std::string_view rest = text.substr(offset, text.find('\n', offset) - offset);
    writing.length = count_characters(trim(rest));
    writing.several_lines = true;
    writing.verbatim = false;
  }
  return writing;
}

bool is_written_null(std::string_view text, std::size_t offset) {
  constexpr std::array<std::string_view, 4> words = {"~", "null", "Null", "NULL"};
  const std::string_view rest = text.substr(std::min(offset, text.size()));
  return std::any_of(words.begin(), words.end(),
                     [rest](std::string_view word) { return rest.starts_with(word); });
}

Explanation explain_syntax_error(std::string_view what, std::string_view text, std::size_t offset) {
  namespace msg = YAML::ErrorMsg;
  if (what == msg::TAB_IN_INDENTATION || is_indented_by_tab(line_round(text, offset))) {
    return {"this line is indented with a tab", "indent with spaces; YAML takes no tabs"};
  }
  if (what == msg::UNKNOWN_TOKEN) return explain_unknown_token(text, offset);
  if (what == msg::MAP_VALUE || what == msg::MAP_KEY) {
    return {"a key cannot stand here", "check the indentation; text that holds ': ' needs quotes"};
  }
  if (what == msg::END_OF_MAP || what == msg::END_OF_SEQ) {
    return {"this does not continue what stands above it", "check the indentation and the quotes"};
  }
  if (what == msg::BLOCK_ENTRY) {
    return {"a list entry cannot start here", "start it on a line of its own, or write [a, b]"};
  }
  if (what == msg::FLOW_END) return {"this bracket closes nothing", "remove it, or quote the text"};
  if (what == msg::EOF_IN_SCALAR) return {"a quote is never closed", "close it"};
  if (what == msg::DOC_IN_SCALAR)
    return {"a quoted text runs into '---' or '...'", "close the quote"};
  if (what == msg::UNKNOWN_ANCHOR || what == msg::ALIAS_NOT_FOUND) {
    return {"aliases (*name) are not allowed",
            "write the value out, or quote text that starts with '*'"};
  }
  if (what == msg::ANCHOR_NOT_FOUND || what == msg::CHAR_IN_ANCHOR ||
      what == msg::MULTIPLE_ANCHORS) {
    return {"anchors (&name) are not allowed", "remove it, or quote text that starts with '&'"};
  }
  if (what.starts_with(msg::INVALID_ESCAPE)) {
    return {"unknown escape '\\" +
                std::string(what.substr(std::string_view(msg::INVALID_ESCAPE).size())) +
                "' in a quoted text",
            "write \\\\ for a backslash, or use single quotes"};
  }
  return {"this is not valid YAML: " + std::string(what), ""};
}

}  // namespace weir::core::config
