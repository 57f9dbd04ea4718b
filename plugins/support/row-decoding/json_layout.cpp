// SPDX-License-Identifier: Apache-2.0
#include "json_layout.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <optional>

#include "number_text.hpp"

namespace weir::rows {
namespace {

std::uint64_t load(const char* at) {
  std::uint64_t word = 0;
  std::memcpy(&word, at, sizeof word);
  return word;
}

/// The first quote, backslash or control character.
const char* string_stop(const char* at) {
  constexpr std::uint64_t ones = 0x0101010101010101;
  constexpr std::uint64_t tops = 0x8080808080808080;
  const auto zero = [](std::uint64_t word) { return (word - ones) & ~word & tops; };
  for (;; at += 8) {
    const std::uint64_t word = load(at);
    const std::uint64_t found = zero(word ^ (ones * '"')) | zero(word ^ (ones * '\\')) |
                                ((word - ones * 0x20) & ~word & tops);
    if (found == 0) continue;
    if constexpr (std::endian::native == std::endian::little) {
      return at + std::countr_zero(found) / 8;
    } else {
      while (*at != '"' && *at != '\\' && static_cast<unsigned char>(*at) >= 0x20) ++at;
      return at;
    }
  }
}

/// The text between quotes at `at`, without escapes; data() is nullptr if it is something else.
std::string_view string_at(const char* at) {
  if (*at != '"') return {};
  const char* stop = string_stop(at + 1);
  if (*stop != '"') return {};
  return {at + 1, static_cast<std::size_t>(stop - at - 1)};
}

struct Number {
  const char* end = nullptr;  ///< nullptr: no number, or one for the general reader
  std::uint64_t digits = 0;
  int decimals = 0;
  bool negative = false;
};

Number number_at(const char* at) {
  Number number;
  number.negative = *at == '-';
  at += number.negative ? 1 : 0;
  const char* first = at;
  const auto is_digit = [](char c) { return static_cast<unsigned char>(c - '0') < 10; };
  for (; is_digit(*at); ++at) number.digits = number.digits * 10 + static_cast<unsigned>(*at - '0');
  auto count = at - first;
  if (count == 0 || (count > 1 && *first == '0')) return number;
  if (*at == '.') {
    const char* point = at++;
    for (; is_digit(*at); ++at)
      number.digits = number.digits * 10 + static_cast<unsigned>(*at - '0');
    number.decimals = static_cast<int>(at - point - 1);
    if (number.decimals == 0) return number;
    count += number.decimals;
  }
  if (count <= 18 && *at != 'e' && *at != 'E') number.end = at;
  return number;
}

bool starts_with(const char* at, std::string_view word) {
  return std::memcmp(at, word.data(), word.size()) == 0;
}

const char* read_number(const char* at, ColumnBuilder& column) {
  const Number number = number_at(at);
  if (number.end == nullptr) return nullptr;
  if (auto value = exact_decimal(number.digits, -number.decimals)) {
    column.append(number.negative ? -*value : *value);
    return number.end;
  }
  const auto value = parse_double({at, static_cast<std::size_t>(number.end - at)});
  if (!value) return nullptr;
  column.append(*value);
  return number.end;
}

const char* read_integer(const char* at, ColumnBuilder& column) {
  const Number number = number_at(at);
  if (number.end == nullptr || number.decimals != 0) return nullptr;
  const auto value = static_cast<std::int64_t>(number.digits);
  column.append(number.negative ? -value : value);
  return number.end;
}

const char* read_boolean(const char* at, ColumnBuilder& column) {
  const bool value = *at == 't';
  if (!starts_with(at, value ? "true" : "false")) return nullptr;
  column.append(value);
  return at + (value ? 4 : 5);
}

const char* skip_value(const char* at) {
  if (*at == '"') {
    const std::string_view text = string_at(at);
    return text.data() == nullptr ? nullptr : text.data() + text.size() + 1;
  }
  if (starts_with(at, "true")) return at + 4;
  if (starts_with(at, "false")) return at + 5;
  return number_at(at).end;
}

}  // namespace

bool JsonLayout::Bytes::assign(std::string_view text) {
  if (text.size() > most_between) return false;
  words.fill(0);
  masks.fill(0);
  size = text.size();
  std::memcpy(words.data(), text.data(), size);
  std::memset(masks.data(), 0xFF, size);
  return true;
}

bool JsonLayout::Bytes::match(const char* at) const {
  for (std::size_t i = 0; i * 8 < size; ++i) {
    if (((load(at + i * 8) ^ words[i]) & masks[i]) != 0) return false;
  }
  return true;
}

bool JsonLayout::add(std::string_view before, std::size_t column, Kind kind) {
  Slot& slot = slots_.emplace_back();
  slot.column = column;
  slot.kind = kind;
  return slot.before.assign(before);
}

bool JsonLayout::finish(std::string_view after, const RowBuilder& builder) {
  bool has_time = false;
  for (const Slot& slot : slots_)
    has_time = has_time || slot.kind == Kind::time_text || slot.kind == Kind::time_number;
  for (std::size_t column = 1; column < builder.columns(); ++column) {
    const bool filled = std::any_of(slots_.begin(), slots_.end(), [&](const Slot& slot) {
      return slot.kind != Kind::skipped && slot.column == column;
    });
    if (!filled) others_.push_back(column);
  }
  return has_time && after_.assign(after);
}

const char* JsonLayout::read_value(const char* at, const Slot& slot, RowBuilder& builder) {
  if (slot.kind == Kind::skipped) return starts_with(at, "null") ? at + 4 : skip_value(at);
  ColumnBuilder& column = builder.column(slot.column);
  switch (slot.kind) {
    case Kind::float64:
      if (const char* end = read_number(at, column)) return end;
      break;
    case Kind::int64:
      if (const char* end = read_integer(at, column)) return end;
      break;
    case Kind::boolean:
      if (const char* end = read_boolean(at, column)) return end;
      break;
    case Kind::text: {
      const std::string_view text = string_at(at);
      if (text.data() == nullptr) break;
      column.append(text);
      return text.data() + text.size() + 1;
    }
    case Kind::number_text: {
      const Number number = number_at(at);
      if (number.end == nullptr) break;
      column.append(std::string_view(at, static_cast<std::size_t>(number.end - at)));
      return number.end;
    }
    default: {
      const bool quoted = slot.kind == Kind::time_text;
      const char* end = quoted ? nullptr : number_at(at).end;
      std::string_view text = quoted ? string_at(at) : std::string_view{};
      if (end != nullptr) text = {at, static_cast<std::size_t>(end - at)};
      if (text.data() == nullptr) return nullptr;
      const auto time = builder.time_parser().parse(text);
      if (!time) return nullptr;
      column.append(*time);
      return text.data() + text.size() + (quoted ? 1 : 0);
    }
  }
  if (!starts_with(at, "null")) return nullptr;
  column.append_null();
  return at + 4;
}

const char* JsonLayout::read(const char* at, RowBuilder& builder) const {
  for (const Slot& slot : slots_) {
    at = slot.before.match(at) ? read_value(at + slot.before.size, slot, builder) : nullptr;
    if (at == nullptr) {
      builder.drop_row();
      return nullptr;
    }
  }
  if (!after_.match(at)) {
    builder.drop_row();
    return nullptr;
  }
  for (const std::size_t column : others_) builder.column(column).append_null();
  builder.count_row();
  return at + after_.size;
}

}  // namespace weir::rows
