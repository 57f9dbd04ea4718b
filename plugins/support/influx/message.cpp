// SPDX-License-Identifier: Apache-2.0
#include "message.hpp"

#include <algorithm>

namespace weir::influx {
namespace {

/// The text of a JSON string member, unescaped as far as messages need it; empty: there is none.
std::string json_text(std::string_view json, std::string_view member) {
  const std::string key = '"' + std::string(member) + '"';
  std::size_t at = json.find(key);
  if (at == std::string_view::npos) return {};
  at = json.find_first_not_of(" \t\r\n", at + key.size());
  if (at == std::string_view::npos || json[at] != ':') return {};
  at = json.find_first_not_of(" \t\r\n", at + 1);
  if (at == std::string_view::npos || json[at] != '"') return {};
  std::string text;
  for (++at; at < json.size() && json[at] != '"'; ++at) {
    char c = json[at];
    if (c == '\\' && at + 1 < json.size()) {
      c = json[++at];
      c = c == 'n' ? '\n' : c == 't' ? '\t' : c;
    }
    text += c;
  }
  return text;
}

}  // namespace

std::string full_message(std::string_view body) {
  for (const char* member : {"error", "message"}) {
    std::string text = json_text(body, member);
    if (!text.empty()) return text;
  }
  return std::string(body);
}

std::string message_of(std::string_view body) {
  std::string text = full_message(body).substr(0, 400);
  std::replace_if(
      text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
  while (text.ends_with(' ')) text.pop_back();
  return text;
}

}  // namespace weir::influx
