// SPDX-License-Identifier: Apache-2.0
#include "influxql_history.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <weir/pattern.hpp>

#include "influxql_answer.hpp"

namespace weir::influx_source {
namespace {

using influxql::Field;
using influxql::Schema;

constexpr std::size_t most_at_one_time = 1'000'000;

/// A field may have several types, one a shard; the server itself prefers them in this order.
constexpr std::array preferred{"float", "integer", "unsigned", "string", "boolean"};

std::vector<Field> one_type_each(const influxql::TextRows& keys,
                                 std::vector<std::string>& doubled) {
  std::vector<Field> fields;
  for (const char* type : preferred) {
    for (const auto& row : keys) {
      if (row.size() != 2 || row[1] != type) continue;
      const bool known = std::any_of(fields.begin(), fields.end(),
                                     [&](const Field& one) { return one.name == row[0]; });
      if (known) {
        doubled.push_back(row[0] + " (" + type + ")");
      } else {
        fields.push_back({row[0], type});
      }
    }
  }
  std::sort(fields.begin(), fields.end(),
            [](const Field& a, const Field& b) { return a.name < b.name; });
  return fields;
}

}  // namespace

InfluxqlHistory::InfluxqlHistory(Wish wish, Ask ask, Log log)
    : wish_(std::move(wish)),
      ask_(std::move(ask)),
      log_(std::move(log)),
      limit_(wish_.batch_rows) {}

bool InfluxqlHistory::step(Found& found) {
  if (!listed_) {
    list_measurements();
  } else if (schema_) {
    read_page(found);
  } else if (!measurements_.empty()) {
    look_at_measurement();
  }
  return schema_ || !measurements_.empty();
}

void InfluxqlHistory::list_measurements() {
  std::vector<std::string> there;
  for (const auto& row : influxql::read_texts(ask_("SHOW MEASUREMENTS")))
    there.push_back(row.at(0));
  const std::vector<std::string> fit = chosen(there, wish_.measurements);
  measurements_.assign(fit.begin(), fit.end());
  listed_ = true;
  if (!fit.empty()) return;
  log_(Level::info, "database '" + wish_.store + "' holds no measurement '" +
                        joined(wish_.measurements) + "' yet: this run begins without its history");
}

void InfluxqlHistory::look_at_measurement() {
  const std::string measurement = measurements_.front();
  const auto field_keys = influxql::read_texts(ask_(influxql::show_field_keys(wish_, measurement)));
  const auto tag_keys = influxql::read_texts(ask_(influxql::show_tag_keys(wish_, measurement)));
  measurements_.pop_front();
  Schema schema{measurement, {}, {}};
  for (const auto& row : tag_keys) schema.tags.push_back(row.at(0));
  std::vector<std::string> doubled;
  for (Field& field : one_type_each(field_keys, doubled)) {
    if (!matches_any(wish_.fields, field.name)) continue;
    const bool tag =
        std::find(schema.tags.begin(), schema.tags.end(), field.name) != schema.tags.end();
    if (tag) {
      doubled.push_back(field.name + " (also a tag)");
    } else {
      schema.fields.push_back(std::move(field));
    }
  }
  if (!doubled.empty()) {
    log_(Level::warning,
         "'" + measurement + "' holds fields of several types; left out: " + joined(doubled));
  }
  if (schema.fields.empty()) {
    return log_(Level::warning,
                "'" + measurement + "' has none of the wanted fields " + joined(wish_.fields));
  }
  schema_ = std::move(schema);
  from_ = wish_.since;
  limit_ = wish_.batch_rows;
}

void InfluxqlHistory::read_page(Found& found) {
  std::string body;
  try {
    body = ask_(influxql::select(wish_, *schema_, from_, limit_));
  } catch (const TooLong&) {
    return ask_for_less();
  }
  std::vector<ColumnBuilder> builders;
  for (ColumnInfo& info : influxql::columns(*schema_)) builders.emplace_back(std::move(info));
  const influxql::RowsRead read = influxql::read_rows(body, builders);
  found.too_large += read.too_large;
  std::vector<Column> built;
  for (ColumnBuilder& builder : builders) built.push_back(builder.build());
  const Batch page(schema_->measurement, std::move(built));
  keep_or_grow(page, read.partial || read.rows >= limit_, found);
}

/// Of a full page the last time is left to the next one: more series may have a row there.
void InfluxqlHistory::keep_or_grow(const Batch& page, bool full, Found& found) {
  if (!full) {
    keep(page, found);
    schema_.reset();
    return;
  }
  const auto times = page.times();
  if (times.empty() || times.front() == times.back()) {
    if (limit_ >= most_at_one_time) {
      throw Fatal("'" + schema_->measurement + "' has more than " + std::to_string(limit_) +
                  " rows at one time; choose some of its series with tags");
    }
    limit_ *= 2;
    return;
  }
  const auto last = std::lower_bound(times.begin(), times.end(), times.back());
  keep(page.slice(0, static_cast<std::size_t>(last - times.begin())), found);
  from_ = times.back();
  limit_ = std::max(limit_ / 2, std::min(limit_, wish_.batch_rows));
}

void InfluxqlHistory::ask_for_less() {
  if (limit_ < 2 || limit_ > wish_.batch_rows) {
    throw Fatal("'" + schema_->measurement +
                "' has too large rows to be read; choose some of its fields or tags");
  }
  wish_.batch_rows = limit_ = limit_ / 2;
}

void InfluxqlHistory::keep(const Batch& rows, Found& found) {
  Batch fit = fitting(rows, wish_.tags);
  if (!fit.empty()) found.rows.push_back(std::move(fit));
}

}  // namespace weir::influx_source
