// SPDX-License-Identifier: Apache-2.0
#include "core/config/text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>

namespace weir::core::config {
namespace {

struct Range {
  char32_t first, last;
};

// The blocks that people meet in names and comments, not all of Unicode's table.
constexpr std::array kCombining = {
    Range{0x0300, 0x036F}, Range{0x0483, 0x0489}, Range{0x0591, 0x05BD}, Range{0x0610, 0x061A},
    Range{0x064B, 0x065F}, Range{0x1AB0, 0x1AFF}, Range{0x1DC0, 0x1DFF}, Range{0x200B, 0x200D},
    Range{0x20D0, 0x20FF}, Range{0xFE00, 0xFE0F}, Range{0xFE20, 0xFE2F}, Range{0xFEFF, 0xFEFF}};
constexpr std::array kWide = {
    Range{0x1100, 0x115F},   Range{0x2E80, 0x303E},  Range{0x3041, 0x33FF}, Range{0x3400, 0x4DBF},
    Range{0x4E00, 0x9FFF},   Range{0xA000, 0xA4CF},  Range{0xAC00, 0xD7A3}, Range{0xF900, 0xFAFF},
    Range{0xFE30, 0xFE6F},   Range{0xFF00, 0xFF60},  Range{0xFFE0, 0xFFE6}, Range{0x1F300, 0x1F64F},
    Range{0x1F900, 0x1F9FF}, Range{0x20000, 0x3FFFD}};

template <std::size_t N>
bool contains(const std::array<Range, N>& ranges, char32_t code) {
  return std::any_of(ranges.begin(), ranges.end(),
                     [code](Range range) { return code >= range.first && code <= range.last; });
}

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

bool is_control(char32_t code) { return code < 0x20 || (code >= 0x7F && code <= 0x9F); }

// The first byte of the character that holds text[offset]; a stray byte is a character of its own.
std::size_t start_of_character(std::string_view text, std::size_t offset) {
  for (std::size_t back = 1; back < 4 && back <= offset && offset < text.size(); ++back) {
    const Character character = decode(text, offset - back);
    if (character.valid && character.size > back) return offset - back;
  }
  return offset;
}

// Characters that begin in text[from, to).
int characters_between(std::string_view text, std::size_t from, std::size_t to) {
  return static_cast<int>(count_characters(text.substr(from, to - from)));
}

std::string without_carriage_returns(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool line_end = text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n';
    if (!line_end) out += text[i];
  }
  return out;
}

std::string code_name(char32_t code) {
  std::array<char, 16> name{};
  std::snprintf(name.data(), name.size(), "U+%04X", static_cast<unsigned>(code));
  return name.data();
}

}  // namespace

Character decode(std::string_view text, std::size_t at) {
  const auto first = static_cast<unsigned char>(text[at]);
  const Character broken{first, 1, false};
  if (first < 0x80) return {first, 1, true};
  const std::size_t size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || at + size > text.size()) return broken;
  char32_t code = first & (0xFFU >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) {
    if (!is_continuation(text[at + i])) return broken;
    code = (code << 6U) | (static_cast<unsigned char>(text[at + i]) & 0x3FU);
  }
  const bool overlong = (size == 3 && code < 0x800) || (size == 4 && code < 0x10000);
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  if (overlong || surrogate || code > 0x10FFFF) return broken;
  return {code, size, true};
}

std::size_t count_characters(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t at = 0; at < text.size(); at += decode(text, at).size) ++count;
  return count;
}

bool is_valid_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const Character character = decode(text, at);
    if (!character.valid) return false;
    at += character.size;
  }
  return true;
}

int display_width(char32_t code) {
  if (code < 0x300) return 1;
  if (contains(kCombining, code)) return 0;
  return contains(kWide, code) ? 2 : 1;
}

bool is_unprintable(char32_t code) {
  const bool changes_direction = (code >= 0x202A && code <= 0x202E) ||
                                 (code >= 0x2066 && code <= 0x2069) || code == 0x200E ||
                                 code == 0x200F || code == 0x061C;
  const bool breaks_line = code == 0x2028 || code == 0x2029;
  return is_control(code) || changes_direction || breaks_line;
}

std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const Character character = decode(text, at);
    if (character.code == '\t' || character.code == '\n') {
      out += ' ';
    } else if (!character.valid || is_unprintable(character.code)) {
      out += '?';
    } else {
      out += text.substr(at, character.size);
    }
    at += character.size;
  }
  return out;
}

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::vector<std::size_t> find_line_starts(std::string_view text) {
  std::vector<std::size_t> starts{0};
  for (auto at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1)) {
    starts.push_back(at + 1);
  }
  return starts;
}

Positions::Positions(std::string file, std::string_view text, int first_line)
    : file_(std::move(file)),
      text_(text),
      first_line_(first_line),
      line_starts_(find_line_starts(text)) {}

Place Positions::at(std::size_t offset, std::size_t length_in_characters) {
  offset = std::min(offset, text_.size());
  offset = start_of_character(text_, offset);
  const auto next = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset);
  const auto line = static_cast<std::size_t>(next - line_starts_.begin()) - 1;
  const std::size_t start = line_starts_[line];
  if (line != line_ || offset < offset_ - (offset_ - start) / 2) {
    column_ = characters_between(text_, start, offset);
  } else if (offset >= offset_) {
    column_ += characters_between(text_, offset_, offset);
  } else {
    column_ -= characters_between(text_, offset, offset_);
  }
  line_ = line;
  offset_ = offset;
  return {file_, first_line_ + static_cast<int>(line), column_ + 1,
          static_cast<int>(std::max<std::size_t>(1, length_in_characters))};
}

std::optional<std::string> clean_text(const std::string& file, std::string_view bytes,
                                      Problems& problems) {
  const Place whole{file, 0, 0, 1};
  if (bytes.size() > kMaxFileBytes) {
    problems.error(whole, "this file is larger than 1 MiB, the most that a pipeline file may have",
                   "give long data its own file and name that");
    return std::nullopt;
  }
  if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF")) {
    problems.error(whole, "this file is UTF-16, not UTF-8", "save it as UTF-8");
    return std::nullopt;
  }
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
  if (bytes.find('\0') != std::string_view::npos) {
    problems.error(whole, "this is a binary file, not text (it holds NUL bytes)",
                   "name a pipeline file: .yaml, .yml or .ini");
    return std::nullopt;
  }
  std::string text = without_carriage_returns(bytes);
  for (std::size_t at = 0; at < text.size();) {
    const Character character = decode(text, at);
    const bool allowed = character.code == '\n' || character.code == '\t';
    if (character.valid && (allowed || !is_control(character.code))) {
      at += character.size;
      continue;
    }
    const Place place = Positions(file, text).at(at);
    problems.add_source(file, std::move(text));
    if (!character.valid) {
      problems.error(place, "this byte is not UTF-8", "save the file as UTF-8");
    } else {
      problems.error(place, "control character " + code_name(character.code) + " is not allowed",
                     character.code == '\r' ? "end lines with LF or CRLF" : "remove it");
    }
    return std::nullopt;
  }
  return text;
}

}  // namespace weir::core::config
