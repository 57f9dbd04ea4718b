// SPDX-License-Identifier: Apache-2.0
#include "newest.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "saved_bytes.hpp"

namespace weir::concatenator {
namespace {

constexpr std::string_view magic = "WEIRCONC";

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

std::string Newest::save() const {
  model_parts::BytesWriter writer(magic, 1);
  writer.put_size(by_input_.size());
  for (const Times& times : by_input_) {
    const std::map<std::string_view, std::int64_t> sorted(times.begin(), times.end());
    writer.put_size(sorted.size());
    for (const auto& [series, time] : sorted) {
      writer.put_text(series);
      writer.put(time);
    }
  }
  return writer.seal();
}

void Newest::load(std::string_view bytes) {
  model_parts::BytesReader reader(bytes, magic, 1, "the concatenator", "");
  std::vector<Times> loaded(by_input_.size());
  if (reader.take_size(bytes.size()) != loaded.size())
    reader.refuse("are of another number of inputs");
  for (Times& times : loaded) {
    for (std::size_t left = reader.take_size(bytes.size()); left > 0; --left) {
      std::string series(reader.take_text());
      times[std::move(series)] = reader.take<std::int64_t>();
    }
  }
  reader.end();
  by_input_ = std::move(loaded);
}

}  // namespace weir::concatenator
