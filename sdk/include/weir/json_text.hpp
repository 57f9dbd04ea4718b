// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Writes JSON text (RFC 8259); commas and escapes are its business.

#include <array>
#include <charconv>
#include <cmath>
#include <concepts>
#include <cstdio>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace weir {

class JsonText {
 public:
  JsonText& begin_object() { return open('{'); }
  JsonText& end_object() { return close('}'); }
  JsonText& begin_array() { return open('['); }
  JsonText& end_array() { return close(']'); }

  JsonText& key(std::string_view name) {
    separate();
    quote(name);
    text_ += ':';
    after_key_ = true;
    return *this;
  }

  JsonText& value(std::string_view text) {
    separate();
    quote(text);
    return *this;
  }
  JsonText& value(const char* text) { return value(std::string_view(text)); }
  template <class Number>
  requires std::is_arithmetic_v<Number> JsonText& value(Number number) {
    separate();
    if constexpr (std::is_same_v<Number, bool>) {
      text_ += number ? "true" : "false";
    } else {
      if constexpr (std::is_floating_point_v<Number>) {
        if (!std::isfinite(number)) {
          text_ += "null";
          return *this;
        }
      }
      std::array<char, 32> digits{};
      text_.append(digits.data(),
                   std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr);
    }
    return *this;
  }
  JsonText& null() { return raw("null"); }
  /// Text that is JSON already.
  JsonText& raw(std::string_view json) {
    separate();
    text_ += json;
    return *this;
  }

  [[nodiscard]] std::string take() {
    comma_.assign(1, false);
    return std::exchange(text_, {});
  }

 private:
  JsonText& open(char bracket) {
    separate();
    text_ += bracket;
    comma_.push_back(false);
    return *this;
  }
  JsonText& close(char bracket) {
    text_ += bracket;
    comma_.pop_back();
    return *this;
  }
  void separate() {
    if (std::exchange(after_key_, false)) return;
    if (comma_.back()) text_ += ',';
    comma_.back() = true;
  }
  void quote(std::string_view text) {
    text_ += '"';
    for (const char c : text) {
      if (c == '"' || c == '\\') {
        text_ += '\\';
        text_ += c;
      } else if (static_cast<unsigned char>(c) < 0x20) {
        std::array<char, 8> escape{};
        std::snprintf(escape.data(), escape.size(), "\\u%04x", static_cast<unsigned>(c));
        text_ += escape.data();
      } else {
        text_ += c;
      }
    }
    text_ += '"';
  }

  std::string text_;
  std::vector<bool> comma_ = {false};
  bool after_key_ = false;
};

}  // namespace weir
