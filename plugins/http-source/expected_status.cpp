// SPDX-License-Identifier: Apache-2.0
#include "expected_status.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>

#include <weir/error.hpp>

namespace weir::http_source {
namespace {

// 0: no status (RFC 9110 §15 has 100 to 599).
int status_of(std::string_view text) {
  int value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc{} && stop == text.data() + text.size();
  return whole && text.size() == 3 && value >= 100 && value <= 599 ? value : 0;
}

std::pair<int, int> range_of(std::string_view text) {
  if (text.size() == 3 && text.ends_with("xx") && text[0] >= '1' && text[0] <= '5') {
    const int first = (text[0] - '0') * 100;
    return {first, first + 99};
  }
  const auto dash = text.find('-');
  const int low = status_of(text.substr(0, dash));
  const int high = dash == std::string_view::npos ? low : status_of(text.substr(dash + 1));
  return {low, high};
}

}  // namespace

ExpectedStatus::ExpectedStatus(const std::vector<std::string>& texts) {
  for (const std::string& text : texts) {
    ranges_.push_back(range_of(text));
    const auto [low, high] = ranges_.back();
    if (low == 0 || high < low)
      throw Error("expect_status '" + text + "': write a status, a class or a range, for example " +
                  "200, 2xx or 200-399");
  }
}

bool ExpectedStatus::holds(int status) const {
  return std::any_of(ranges_.begin(), ranges_.end(), [status](const auto& range) {
    return status >= range.first && status <= range.second;
  });
}

}  // namespace weir::http_source
