// SPDX-License-Identifier: Apache-2.0
#include "series.hpp"

#include <algorithm>

#include <weir/json_text.hpp>

namespace weir::sqlite_sink {
namespace {

/// More than this and the cache is emptied: it is a cache, and memory is bounded.
constexpr std::size_t most_known = 100'000;

/// Length first, so that no two lists of texts give the same key.
void append_part(std::string& key, std::string_view text) {
  const std::uint64_t size = text.size();
  key.append(reinterpret_cast<const char*>(&size), sizeof size);
  key.append(text);
}

}  // namespace

std::vector<const Column*> sorted_tags(const Batch& batch) {
  std::vector<const Column*> tags;
  for (const Column& column : batch.columns()) {
    if (column.role() == Role::tag) tags.push_back(&column);
  }
  std::sort(tags.begin(), tags.end(),
            [](const Column* a, const Column* b) { return a->name() < b->name(); });
  return tags;
}

std::string tags_json(const std::vector<const Column*>& tags, std::size_t row) {
  JsonText json;
  json.begin_object();
  for (const Column* tag : tags) {
    if (tag->valid(row)) json.key(tag->name()).value(tag->text(row));
  }
  json.end_object();
  return json.take();
}

SeriesDictionary::SeriesDictionary(const Database& database)
    : insert_(database.prepare("INSERT OR IGNORE INTO series(measurement, tags) VALUES(?1, ?2)")),
      select_(database.prepare("SELECT id FROM series WHERE measurement = ?1 AND tags = ?2")) {}

std::int64_t SeriesDictionary::id(const std::string& measurement,
                                  const std::vector<const Column*>& tags, std::size_t row) {
  key_.clear();
  append_part(key_, measurement);
  for (const Column* tag : tags) {
    if (!tag->valid(row)) continue;
    append_part(key_, tag->name());
    append_part(key_, tag->text(row));
  }
  const auto found = known_.find(std::string_view(key_));
  if (found != known_.end()) return found->second;
  if (known_.size() >= most_known) known_.clear();
  return known_[key_] = look_up(measurement, tags_json(tags, row));
}

std::int64_t SeriesDictionary::look_up(const std::string& measurement, const std::string& tags) {
  for (Statement* statement : {&insert_, &select_}) {
    statement->bind(1, measurement);
    statement->bind(2, tags);
  }
  insert_.run();
  const std::int64_t id = select_.step() ? select_.integer(0) : 0;
  select_.reset();
  return id;
}

}  // namespace weir::sqlite_sink
