// SPDX-License-Identifier: Apache-2.0
#include "series_tags.hpp"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>
#include <weir/pattern.hpp>

namespace weir::sqlite_source {
namespace {

/// More than this and the cache is emptied: memory is bounded.
constexpr std::size_t most_known = 100'000;

const std::string* text_of(const nlohmann::json& tags, const std::string& name) {
  const auto at = tags.find(name);
  return at == tags.end() ? nullptr : at->get_ptr<const std::string*>();
}

}  // namespace

SeriesTags::SeriesTags(const sqlite_store::Database& database, std::vector<std::string> names,
                       TagFilter filter)
    : database_(&database),
      names_(std::move(names)),
      filter_(std::move(filter)),
      select_(database.prepare("SELECT tags FROM series WHERE id = ?1")) {}

const SeriesTags::Values* SeriesTags::find(std::int64_t series) {
  auto found = known_.find(series);
  if (found == known_.end()) {
    if (known_.size() >= most_known) known_.clear();
    found = known_.emplace(series, look_up(series)).first;
  }
  return found->second ? &*found->second : nullptr;
}

std::optional<SeriesTags::Values> SeriesTags::look_up(std::int64_t series) {
  select_.bind(1, series);
  const bool there = select_.step();
  // Not SQLite's json_each: it ends a text at a NUL character.
  const auto tags = there ? nlohmann::json::parse(select_.text(0), nullptr, false) : nullptr;
  select_.reset();
  const auto is_text = [](const nlohmann::json& value) { return value.is_string(); };
  if (!tags.is_object() || !std::all_of(tags.begin(), tags.end(), is_text)) {
    throw Fatal(database_->path() + ": the table series has no tags for series " +
                std::to_string(series) + "; the file is damaged, set another path");
  }
  for (const auto& [name, pattern] : filter_) {
    const std::string* value = text_of(tags, name);
    if (value == nullptr || !matches(pattern, *value)) return std::nullopt;
  }
  Values values;
  for (const std::string& name : names_) {
    const std::string* value = text_of(tags, name);
    values.push_back(value == nullptr ? std::nullopt : std::optional(*value));
  }
  return values;
}

}  // namespace weir::sqlite_source
