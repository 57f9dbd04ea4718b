// SPDX-License-Identifier: Apache-2.0
#include "measurement_reader.hpp"

#include <nlohmann/json.hpp>
#include <weir/pattern.hpp>

#include "identifiers.hpp"

namespace weir::sqlite_source {
namespace {

using sqlite_store::Database;
using sqlite_store::identifier;
using sqlite_store::Statement;
using sqlite_store::StoredColumn;
using sqlite_store::StoredMeasurement;

bool wanted(const StoredColumn& column, const std::vector<std::string>& fields) {
  return column.role != Role::field || matches_any(fields, column.name);
}

std::map<std::string, std::string> metadata_of(const StoredColumn& column,
                                               const std::string& path) {
  const auto json = nlohmann::json::parse(column.metadata, nullptr, false);
  std::map<std::string, std::string> metadata;
  bool good = json.is_object();
  if (good) {
    for (const auto& [key, value] : json.items()) {
      good = good && value.is_string();
      if (good) metadata[key] = value.get<std::string>();
    }
  }
  if (!good) {
    throw Fatal(path + ": weir_columns holds no metadata for column '" + column.name +
                "'; the file is damaged, set another path");
  }
  return metadata;
}

std::vector<std::string> tag_names(const StoredMeasurement& measurement) {
  std::vector<std::string> names;
  for (const StoredColumn& column : measurement.columns) {
    if (column.role == Role::tag) names.push_back(column.name);
  }
  return names;
}

std::string select_sql(const StoredMeasurement& measurement,
                       const std::vector<std::string>& fields) {
  std::string sql = "SELECT time, series_id";
  for (const StoredColumn& column : measurement.columns) {
    if (column.role == Role::field && wanted(column, fields))
      sql += ", " + identifier(column.sql_name);
  }
  return sql + " FROM " + identifier(measurement.table) +
         " WHERE (time, series_id) > (?1, ?2) AND time <= ?3 ORDER BY time, series_id LIMIT ?4";
}

void append(ColumnBuilder& builder, const Statement& row, int at) {
  if (row.is_null(at)) return builder.append_null();
  switch (builder.info().type) {
    case Type::utf8:
      return builder.append(row.text(at));
    case Type::float64:
      return builder.append(row.number(at));
    case Type::boolean:
      return builder.append(row.integer(at) != 0);
    default:
      return builder.append(row.integer(at));
  }
}

}  // namespace

std::vector<ColumnInfo> wanted_columns(const StoredMeasurement& measurement,
                                       const std::vector<std::string>& fields,
                                       const std::string& path) {
  std::vector<ColumnInfo> columns;
  for (const StoredColumn& column : measurement.columns) {
    if (!wanted(column, fields)) continue;
    columns.push_back({.name = column.name,
                       .type = column.type,
                       .role = column.role,
                       .unit = column.unit,
                       .metadata = metadata_of(column, path)});
  }
  if (columns.empty() || columns.front().role != Role::time ||
      columns.front().type != Type::timestamp) {
    throw Fatal(path + ": weir_columns does not begin with the time of '" + measurement.name +
                "'; the file is damaged, set another path");
  }
  return columns;
}

MeasurementReader::MeasurementReader(const Database& database, const StoredMeasurement& measurement,
                                     const Wish& wish)
    : measurement_(measurement.name),
      series_(database, tag_names(measurement), wish.tags),
      select_(database.prepare(select_sql(measurement, wish.fields))),
      time_(wish.since) {
  for (ColumnInfo& info : wanted_columns(measurement, wish.fields, database.path())) {
    if (info.role == Role::tag) tags_.push_back(columns_.size());
    if (info.role == Role::field) fields_.push_back(columns_.size());
    columns_.emplace_back(std::move(info));
  }
  Statement newest = database.prepare("SELECT max(time) FROM " + identifier(measurement.table));
  ended_ = !newest.step() || newest.is_null(0);
  if (!ended_) until_ = newest.integer(0);
}

Batch MeasurementReader::next(std::size_t most) {
  // A filter may let nothing of a page pass: then the next one is looked at.
  std::size_t rows = 0;
  while (rows == 0 && !ended_) {
    select_.reset();
    select_.bind(1, time_);
    select_.bind(2, series_id_);
    select_.bind(3, until_);
    select_.bind(4, static_cast<std::int64_t>(most));
    std::size_t seen = 0;
    for (; select_.step(); ++seen) rows += take_row() ? 1U : 0U;
    select_.reset();
    ended_ = seen < most;
  }
  std::vector<Column> built;
  for (ColumnBuilder& column : columns_) built.push_back(column.build());
  return {measurement_, std::move(built)};
}

bool MeasurementReader::take_row() {
  // The place is noted last: a lock that ends the call here must not cost the row.
  const SeriesTags::Values* tags = series_.find(select_.integer(1));
  time_ = select_.integer(0);
  series_id_ = select_.integer(1);
  if (tags == nullptr) return false;
  columns_.front().append(time_);
  for (std::size_t i = 0; i < tags_.size(); ++i) {
    ColumnBuilder& column = columns_[tags_[i]];
    if ((*tags)[i]) {
      column.append(std::string_view(*(*tags)[i]));
    } else {
      column.append_null();
    }
  }
  int at = 2;
  for (const std::size_t field : fields_) append(columns_[field], select_, at++);
  return true;
}

}  // namespace weir::sqlite_source
