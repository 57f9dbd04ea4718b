// SPDX-License-Identifier: Apache-2.0
#include "line_protocol_line.hpp"

#include "number_text.hpp"

namespace weir::rows {
namespace {

constexpr std::size_t npos = std::string_view::npos;

/// Walks over the text of one line.
class Cursor {
 public:
  Cursor(std::string_view text, LineProtocolLine& line) : text_(text), line_(&line) {}

  [[nodiscard]] bool at_end() const { return at_ >= text_.size(); }
  [[nodiscard]] char peek() const { return at_end() ? '\0' : text_[at_]; }
  bool accept(char c) {
    if (at_end() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  void skip_blanks() {
    while (accept(' ')) continue;
  }
  [[nodiscard]] std::string_view rest() const { return text_.substr(at_); }

  /// Up to one of `stops` that no backslash precedes; `escapable` characters lose their backslash.
  std::string_view token(std::string_view stops, std::string_view escapable) {
    const std::size_t first = at_;
    bool escaped = false;
    for (; at_ < text_.size() && stops.find(text_[at_]) == npos; ++at_) {
      if (text_[at_] != '\\' || at_ + 1 >= text_.size()) continue;
      if (escapable.find(text_[at_ + 1]) == npos) continue;
      escaped = true;
      ++at_;
    }
    const std::string_view raw = text_.substr(first, at_ - first);
    return escaped ? unescape(raw, escapable) : raw;
  }

  /// Behind an opening quote, up to the closing one; false: there is none.
  bool quoted(std::string_view& value) {
    value = token("\"", "\"\\");
    return accept('"');
  }

 private:
  std::string_view unescape(std::string_view raw, std::string_view escapable) {
    std::string& text = line_->unescaped.emplace_back();
    for (std::size_t i = 0; i < raw.size(); ++i) {
      if (raw[i] == '\\' && i + 1 < raw.size() && escapable.find(raw[i + 1]) != npos) ++i;
      text += raw[i];
    }
    return text;
  }

  std::string_view text_;
  LineProtocolLine* line_;
  std::size_t at_ = 0;
};

bool is_true(std::string_view text) {
  return text == "t" || text == "T" || text == "true" || text == "True" || text == "TRUE";
}
bool is_false(std::string_view text) {
  return text == "f" || text == "F" || text == "false" || text == "False" || text == "FALSE";
}

/// Numbers and booleans; what is none of them gives Look::nothing.
Cell plain_value(std::string_view text) {
  Cell cell{.text = text};
  if (is_true(text) || is_false(text)) {
    cell.look = Look::boolean;
    cell.boolean = is_true(text);
  } else if (text.ends_with('i') || text.ends_with('u')) {
    const auto integer = parse_integer(text.substr(0, text.size() - 1));
    if (!integer || (text.ends_with('u') && *integer < 0)) return cell;
    cell.look = Look::integer;
    cell.integer = *integer;
    cell.number = static_cast<double>(*integer);
  } else if (const auto number = parse_double(text)) {
    cell.look = Look::number;
    cell.number = *number;
  }
  return cell;
}

const char* parse_field(Cursor& cursor, LineProtocolLine& line) {
  const std::string_view name = cursor.token(",= ", ",= \\");
  if (name.empty() || !cursor.accept('=')) return "a field needs the form name=value";
  Cell cell;
  if (cursor.accept('"')) {
    cell.look = Look::text;
    if (!cursor.quoted(cell.text)) return "a quote is opened and never closed";
  } else {
    cell = plain_value(cursor.token(", ", ""));
    if (cell.look == Look::nothing) {
      return "a field value is no number, integer of 64 bits (5i), boolean or text in quotes";
    }
  }
  line.fields.emplace_back(name, cell);
  return nullptr;
}

}  // namespace

const char* parse_line(std::string_view text, LineProtocolLine& line) {
  line.tags.clear();
  line.fields.clear();
  line.unescaped.clear();
  line.time = {};
  Cursor cursor(text, line);
  cursor.skip_blanks();
  line.measurement = cursor.token(", ", ", \\");
  if (line.measurement.empty()) return "the measurement is missing";
  while (cursor.accept(',')) {
    const std::string_view name = cursor.token(",= ", ",= \\");
    if (name.empty() || !cursor.accept('=')) return "a tag needs the form name=value";
    const std::string_view value = cursor.token(", ", ",= \\");
    if (value.empty()) return "a tag has no value";
    line.tags.emplace_back(name, value);
  }
  if (cursor.peek() != ' ') return "there is no field";
  cursor.skip_blanks();
  do {
    if (const char* fault = parse_field(cursor, line)) return fault;
  } while (cursor.accept(','));
  if (!cursor.at_end() && cursor.peek() != ' ') return "text follows a field value";
  cursor.skip_blanks();
  line.time = cursor.token(" ", "");
  cursor.skip_blanks();
  return cursor.at_end() ? nullptr : "text follows the time";
}

std::size_t line_size(std::string_view text) {
  std::size_t newline = text.find('\n');
  if (newline == npos) return npos;
  // Quotes mean something only in field values: behind the first blank without a backslash.
  std::size_t at = 0;
  if (text.front() == '#' || text.substr(0, newline).find('"') == npos) return newline + 1;
  for (; at < newline && text[at] != ' '; ++at) at += text[at] == '\\' ? 1 : 0;
  bool open = false;
  for (; at < text.size(); ++at) {
    if (text[at] == '\n' && !open) return at + 1;
    if (text[at] == '\\') {
      ++at;
    } else if (text[at] == '"' && (open || text[at - 1] == '=')) {
      open = !open;
    }
  }
  return npos;
}

}  // namespace weir::rows
