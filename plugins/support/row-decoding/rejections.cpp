// SPDX-License-Identifier: Apache-2.0
#include "rejections.hpp"

#include <simdjson.h>

namespace weir::rows {
namespace {

/// Bytes of the UTF-8 sequence at the front; 0: there is none.
std::size_t sequence(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t size = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  if (size > text.size()) return 0;
  return simdjson::validate_utf8(text.data(), size) ? size : 0;
}

}  // namespace

std::string printable(std::string_view text) {
  std::string out;
  while (!text.empty() && out.size() + 4 <= most_rejected_text) {
    const std::size_t size = sequence(text);
    if (size == 0) {
      constexpr std::string_view digits = "0123456789abcdef";
      const auto byte = static_cast<unsigned char>(text.front());
      out += "\\x";
      out += digits[byte >> 4U];
      out += digits[byte & 15U];
    } else {
      out += text.substr(0, size);
    }
    text.remove_prefix(size == 0 ? 1 : size);
  }
  return out;
}

Batch Rejections::take(std::string_view path, std::int64_t now) {
  BatchBuilder rows("rejected_rows");
  const auto from = rows.tag("path");
  const auto line = rows.field<std::int64_t>("line");
  const auto text = rows.field<std::string>("text");
  const auto reason = rows.field<std::string>("reason");
  for (const Rejection& rejection : rejections_) {
    rows.row(now)
        .set(from, path)
        .set(line, static_cast<std::int64_t>(rejection.line))
        .set(text, rejection.text)
        .set(reason, rejection.reason);
  }
  rejections_.clear();
  return rows.build();
}

}  // namespace weir::rows
