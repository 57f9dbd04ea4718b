// SPDX-License-Identifier: Apache-2.0
#include "newest.hpp"

#include <algorithm>

namespace weir::concatenator {
namespace {

/// Length first, so that no two lists of texts give the same key.
void append_part(std::string& key, std::string_view text) {
  key += std::to_string(text.size());
  key += ':';
  key += text;
}

}  // namespace

bool Newest::is_newer(std::size_t input, std::string_view series, std::int64_t time) const {
  return std::all_of(by_input_.begin(), by_input_.begin() + static_cast<std::ptrdiff_t>(input),
                     [&](const Times& earlier) {
                       const auto at = earlier.find(series);
                       return at == earlier.end() || time > at->second;
                     });
}

std::vector<std::size_t> Newest::fresh_rows(std::size_t input, const Batch& batch) {
  std::vector<const Column*> tags;
  for (const Column& column : batch.columns()) {
    if (column.role() == Role::tag) tags.push_back(&column);
  }
  std::sort(tags.begin(), tags.end(),
            [](const Column* a, const Column* b) { return a->name() < b->name(); });
  const auto times = batch.times();
  std::vector<std::size_t> fresh;
  std::string series;
  for (std::size_t row = 0; row < batch.rows(); ++row) {
    series.clear();
    append_part(series, batch.measurement());
    for (const Column* tag : tags) {
      if (!tag->valid(row)) continue;
      append_part(series, tag->name());
      append_part(series, tag->text(row));
    }
    if (!is_newer(input, series, times[row])) continue;
    fresh.push_back(row);
    std::int64_t& newest = by_input_.at(input).try_emplace(series, times[row]).first->second;
    newest = std::max(newest, times[row]);
  }
  return fresh;
}

}  // namespace weir::concatenator
