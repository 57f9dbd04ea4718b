// SPDX-License-Identifier: Apache-2.0
#include "csv_record.hpp"

#include <algorithm>

namespace weir::rows {
namespace {

constexpr std::size_t npos = std::string_view::npos;

std::string_view without_line_end(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

}  // namespace

bool CsvSplitter::malformed(std::string_view text, CsvRecord& record, const char* fault) {
  const std::size_t newline = text.find('\n');
  record.size = newline == npos ? text.size() : newline + 1;
  record.text = without_line_end(text.substr(0, record.size));
  record.lines = 1;
  record.cells.clear();
  record.fault = fault;
  return true;
}

std::size_t CsvSplitter::quoted(std::string_view text, std::size_t at, CsvRecord& record) {
  const std::size_t first = at;
  bool escaped = false;
  for (;; at += 2, escaped = true) {
    at = text.find('"', at);
    if (at == npos) return npos;
    if (at + 1 >= text.size() || text[at + 1] != '"') break;
  }
  const std::string_view raw = text.substr(first, at - first);
  if (!escaped) {
    record.cells.push_back(raw);
    return at + 1;
  }
  std::string& cell = unescaped_.emplace_back();
  for (std::size_t i = 0; i < raw.size(); ++i) {
    cell += raw[i];
    if (raw[i] == '"') ++i;
  }
  record.cells.emplace_back(cell);
  return at + 1;
}

bool CsvSplitter::split(std::string_view text, bool last, CsvRecord& record) {
  record.cells.clear();
  record.fault = nullptr;
  unescaped_.clear();
  if (text.empty()) return false;
  const char ends[] = {delimiter_, '\n', '\0'};
  std::size_t at = 0;
  for (;;) {
    if (at < text.size() && text[at] == '"') {
      at = quoted(text, at + 1, record);
      if (at == npos || (at == text.size() && !last)) {
        return last && malformed(text, record, "a quote is opened and never closed");
      }
      if (text.substr(at, 2) == "\r\n" || (last && text.substr(at) == "\r")) ++at;
      if (at < text.size() && text[at] != delimiter_ && text[at] != '\n') {
        if (text[at] == '\r' && at + 1 == text.size()) return false;
        return malformed(text, record,
                         "text follows a closing quote; a quote inside a cell is written twice");
      }
    } else {
      std::size_t end = text.find_first_of({ends, 2}, at);
      if (end == npos && !last) return false;
      end = std::min(end, text.size());
      std::string_view cell = text.substr(at, end - at);
      if ((end == text.size() || text[end] == '\n') && cell.ends_with('\r')) cell.remove_suffix(1);
      record.cells.push_back(cell);
      at = end;
    }
    if (at == text.size() || text[at] == '\n') break;
    ++at;
  }
  record.size = std::min(at + 1, text.size());
  record.text = without_line_end(text.substr(0, record.size));
  record.lines = static_cast<std::size_t>(std::count(
                     text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n')) +
                 1;
  return true;
}

}  // namespace weir::rows
