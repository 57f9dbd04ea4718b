// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Lists of columns take patterns: `ping.rtt_avg_ms*`.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

/// Whether `text` fits `pattern`, in which `*` stands for any text, also none; all else is literal.
[[nodiscard]] constexpr bool matches(std::string_view pattern, std::string_view text) {
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;
  std::size_t resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

[[nodiscard]] inline bool matches_any(const std::vector<std::string>& patterns,
                                      std::string_view text) {
  for (const std::string& pattern : patterns) {
    if (matches(pattern, text)) return true;
  }
  return false;
}

}  // namespace weir
