// SPDX-License-Identifier: Apache-2.0
#include "json_lines_encoder.hpp"

#include <string>
#include <string_view>
#include <vector>

#include "value_text.hpp"

namespace weir::rows {
namespace {

/// Needs 6 bytes a character and 2.
char* write_string(char* to, std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  *to++ = '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      *to++ = '\\';
      *to++ = c;
    } else if (byte < 0x20) {
      for (const char part : {'\\', 'u', '0', '0', digits[byte >> 4U], digits[byte & 15U]})
        *to++ = part;
    } else {
      *to++ = c;
    }
  }
  *to++ = '"';
  return to;
}

std::string json_key(std::string_view name) {
  std::string key(6 * name.size() + 3, '\0');
  char* end = write_string(key.data(), name);
  *end++ = ':';
  key.resize(static_cast<std::size_t>(end - key.data()));
  return key;
}

struct Plan {
  std::string key;
  const Column* column;
};

}  // namespace

void encode_json_lines(const Batch& batch, TextBuffer& text) {
  if (batch.empty()) return;
  std::string measurement(6 * batch.measurement().size() + 2, '\0');
  measurement.resize(static_cast<std::size_t>(
      write_string(measurement.data(), batch.measurement()) - measurement.data()));
  const std::string head = "{" + json_key(batch.time().name()) + "\"";
  const std::string second = "\",\"measurement\":" + measurement;
  std::vector<Plan> plans;
  for (const Column& column : batch.columns()) {
    if (column.role() != Role::time) plans.push_back({"," + json_key(column.name()), &column});
  }
  for (std::size_t row = 0; row < batch.rows(); ++row) {
    text.append(head);
    text.end_at(write_value(text.room(most_value_text), batch.time(), row));
    text.append(second);
    for (const auto& [key, column] : plans) {
      if (is_missing(*column, row)) continue;
      text.append(key);
      if (column->type() == Type::utf8) {
        const std::string_view value = column->text(row);
        text.end_at(write_string(text.room(6 * value.size() + 2), value));
      } else {
        text.end_at(write_value(text.room(most_value_text), *column, row));
      }
    }
    text.append("}\n");
  }
}

}  // namespace weir::rows
