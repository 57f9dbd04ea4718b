// SPDX-License-Identifier: Apache-2.0
#include "history.hpp"

#include <algorithm>

#include <weir/pattern.hpp>

namespace weir::influx_source {

bool is_pattern(const std::string& text) { return text.find('*') != std::string::npos; }

bool any_pattern(const std::vector<std::string>& texts) {
  return std::any_of(texts.begin(), texts.end(), is_pattern);
}

std::vector<std::string> chosen(const std::vector<std::string>& names,
                                const std::vector<std::string>& patterns) {
  std::vector<std::string> fit;
  for (const std::string& name : names) {
    if (matches_any(patterns, name)) fit.push_back(name);
  }
  return fit;
}

Batch fitting(const Batch& batch, const TagFilter& filter) {
  std::vector<std::size_t> rows;
  const auto fits = [&](std::size_t row) {
    return std::all_of(filter.begin(), filter.end(), [&](const auto& wanted) {
      const Column* tag = batch.find(wanted.first);
      return tag != nullptr && tag->role() == Role::tag && tag->valid(row) &&
             matches(wanted.second, tag->text(row));
    });
  };
  for (std::size_t row = 0; row < batch.rows(); ++row) {
    if (fits(row)) rows.push_back(row);
  }
  return rows.size() == batch.rows() ? batch : batch.take(rows);
}

std::string joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) all += (all.empty() ? "" : ", ") + text;
  return all;
}

}  // namespace weir::influx_source
