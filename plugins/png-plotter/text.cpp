// SPDX-License-Identifier: Apache-2.0
#include "text.hpp"

#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>

namespace weir::png_plotter {

namespace {

constexpr std::string_view kBox = "\u25a1";
constexpr std::string_view kApostrophe = "\u2019";
constexpr std::string_view kEllipsis = "\u2026";

struct Decoded {
  std::uint32_t code = 0;
  std::size_t bytes = 0;  // 0: not UTF-8
};

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

// RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF.
Decoded decode(std::string_view text) {
  const auto first = static_cast<unsigned char>(text[0]);
  if (first < 0x80) return {first, 1};
  std::size_t bytes = 0;
  std::uint32_t code = 0;
  if ((first & 0xE0U) == 0xC0U)
    bytes = 2, code = first & 0x1FU;
  else if ((first & 0xF0U) == 0xE0U)
    bytes = 3, code = first & 0x0FU;
  else if ((first & 0xF8U) == 0xF0U)
    bytes = 4, code = first & 0x07U;
  if (bytes == 0 || text.size() < bytes) return {};
  for (std::size_t i = 1; i < bytes; ++i) {
    if (!is_continuation(text[i])) return {};
    code = (code << 6U) | (static_cast<unsigned char>(text[i]) & 0x3FU);
  }
  static constexpr std::array<std::uint32_t, 5> kLeast{0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  if (code < kLeast.at(bytes) || surrogate || code > 0x10FFFF) return {};
  return {code, bytes};
}

// Latin, Greek, Cyrillic, punctuation, currency, arrows, mathematics and simple shapes: what DejaVu
// Sans holds, which Debian installs with every fontconfig.
bool in_font(std::uint32_t code) {
  if (code >= 0xA1 && code <= 0x24F) return code != 0xAD;
  if (code >= 0x391 && code <= 0x3C9) return code != 0x3A2;
  if (code >= 0x400 && code <= 0x45F) return true;
  if (code >= 0x2010 && code <= 0x2027) return true;
  if (code >= 0x2030 && code <= 0x205E) return true;
  return code == 0x20AC || code == 0x2122 || (code >= 0x2190 && code <= 0x21FF) ||
         (code >= 0x2200 && code <= 0x22FF) || (code >= 0x25A0 && code <= 0x25FF);
}

std::string single_quoted(std::string_view text, bool is_format) {
  std::string result = "'";
  for (const char c : printable(text)) {
    if (c == '\'') {
      result += kApostrophe;
      continue;
    }
    result += c;
    if (is_format && c == '%') result += c;
  }
  return result + '\'';
}

}  // namespace

std::string printable(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const Decoded decoded = decode(text);
    if (decoded.bytes == 0) {
      result += kBox;
      text.remove_prefix(1);
      continue;
    }
    if (decoded.code < 0x20 || (decoded.code >= 0x7F && decoded.code <= 0xA0)) {
      result += ' ';
    } else if (decoded.code < 0x7F || in_font(decoded.code)) {
      result += text.substr(0, decoded.bytes);
    } else {
      result += kBox;
    }
    text.remove_prefix(decoded.bytes);
  }
  return result;
}

std::string quote(std::string_view text) { return single_quoted(text, false); }

std::string quote_tick(std::string_view text) { return single_quoted(text, true); }

std::size_t length(std::string_view text) {
  std::size_t count = 0;
  for (const char c : text) count += is_continuation(c) ? 0 : 1;
  return count;
}

std::string shorten(std::string_view text, std::size_t length_limit) {
  const std::string whole = printable(text);
  const std::size_t characters = length(whole);
  if (characters <= length_limit) return whole;
  const std::size_t head = length_limit / 2;
  const std::size_t tail = length_limit - head - 1;
  std::string result;
  std::size_t index = 0;
  for (std::size_t i = 0; i < whole.size();) {
    std::size_t end = i + 1;
    while (end < whole.size() && is_continuation(whole[end])) ++end;
    if (index == head) result += kEllipsis;
    if (index < head || index >= characters - tail) result.append(whole, i, end - i);
    ++index;
    i = end;
  }
  return result;
}

std::string short_number(double value) {
  if (!std::isfinite(value)) return "\u2013";
  const double size = std::abs(value);
  const char* format = size >= 1e6 ? "%.4g" : size >= 1000 ? "%.0f" : "%.3g";
  std::array<char, 32> buffer{};
  std::snprintf(buffer.data(), buffer.size(), format, value);
  return std::string(buffer.data()) == "-0" ? "0" : buffer.data();
}

std::string file_stem(std::string_view text) {
  std::string result;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '_' || c == '.' || c == '-';
    const char next = plain ? c : '-';
    if (next == '-' && !result.empty() && result.back() == '-') continue;
    if (result.size() < 80) result += next;
  }
  while (!result.empty() && (result.front() == '.' || result.front() == '-')) result.erase(0, 1);
  while (!result.empty() && (result.back() == '.' || result.back() == '-')) result.pop_back();
  return result.empty() ? "unnamed" : result;
}

}  // namespace weir::png_plotter
