// SPDX-License-Identifier: Apache-2.0
#include "identifiers.hpp"

#include <algorithm>

#include <weir/error.hpp>

namespace weir::sqlite_store {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string quoted(std::string_view text, char quote) {
  std::string out(1, quote);
  for (const char c : text) {
    if (c == '\0')
      throw Rejected("a name holds a NUL byte: '" + std::string(text.data()) + "…'; rename it");
    if (c == quote) out += quote;
    out += c;
  }
  return out + quote;
}

bool begins(std::string_view name, std::string_view prefix) {
  return same_name(name.substr(0, prefix.size()), prefix);
}

}  // namespace

std::string identifier(std::string_view name) { return quoted(name, '"'); }
std::string literal(std::string_view text) { return quoted(text, '\''); }

bool same_name(std::string_view left, std::string_view right) {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [](char a, char b) { return lower(a) == lower(b); });
}

bool reserved_table(std::string_view name) {
  return name.empty() || begins(name, "sqlite_") || begins(name, "weir_") ||
         same_name(name, "series");
}

bool reserved_column(std::string_view name) {
  return name.empty() || same_name(name, "time") || same_name(name, "series_id");
}

std::string free_name(std::string_view wanted,
                      const std::function<bool(const std::string&)>& taken) {
  std::string name(wanted);
  for (int number = 2; taken(name); ++number)
    name = std::string(wanted) + "_" + std::to_string(number);
  return name;
}

}  // namespace weir::sqlite_store
