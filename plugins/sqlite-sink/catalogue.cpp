// SPDX-License-Identifier: Apache-2.0
#include "catalogue.hpp"

#include <algorithm>

#include <weir/json_text.hpp>

#include "identifiers.hpp"

namespace weir::sqlite_sink {

using sqlite_store::free_name;
using sqlite_store::identifier;
using sqlite_store::literal;
using sqlite_store::reserved_column;
using sqlite_store::reserved_table;
using sqlite_store::same_name;

namespace {

const char* sql_type(Type type) {
  return type == Type::utf8 ? "TEXT" : type == Type::float64 ? "REAL" : "INTEGER";
}

/// Nanoseconds `t` as RFC 3339 text; before 1970 too, hence the remainder that is never negative.
std::string time_text(const std::string& t) {
  const std::string rest = "((" + t + " % 1000000000 + 1000000000) % 1000000000)";
  return "strftime('%Y-%m-%dT%H:%M:%S', (" + t + " - " + rest + ") / 1000000000, 'unixepoch')" +
         " || printf('.%09dZ', " + rest + ")";
}

}  // namespace

Type stored_type(const ColumnInfo& info) {
  const bool number = info.type == Type::int64 || info.type == Type::boolean;
  return number && (info.scale != 1 || info.offset != 0) ? Type::float64 : info.type;
}

void Catalogue::open() {
  Transaction transaction(*database_);
  if (sqlite_store::is_store(*database_)) return;
  database_->execute(
      "CREATE TABLE series(id INTEGER PRIMARY KEY, measurement TEXT NOT NULL, tags TEXT NOT NULL,"
      " UNIQUE(measurement, tags)) STRICT;"
      "CREATE TABLE weir_measurements(measurement TEXT NOT NULL PRIMARY KEY, table_name TEXT NOT "
      "NULL,"
      " view_name TEXT NOT NULL) STRICT, WITHOUT ROWID;"
      "CREATE TABLE weir_columns(measurement TEXT NOT NULL, \"column\" TEXT NOT NULL,"
      " position INTEGER NOT NULL, role TEXT NOT NULL, type TEXT NOT NULL, unit TEXT NOT NULL,"
      " metadata TEXT NOT NULL, sql_name TEXT NOT NULL, PRIMARY KEY(measurement, \"column\"))"
      " STRICT, WITHOUT ROWID;"
      "PRAGMA application_id = " +
      std::to_string(application_id) +
      ";"
      "PRAGMA user_version = " +
      std::to_string(schema_version));
  transaction.commit();
}

const StoredMeasurement& Catalogue::measurement_for(const Batch& batch) {
  StoredMeasurement& measurement = load(batch.measurement());
  const bool is_new = measurement.columns.empty();
  if (is_new) create_table(measurement, batch.time());
  bool grew = is_new;
  for (const Column& column : batch.columns()) {
    if (column.role() == Role::time || measurement.find(column.name()) != nullptr) continue;
    add_column(measurement, column);
    grew = true;
  }
  if (grew) create_view(measurement);
  return measurement;
}

StoredMeasurement& Catalogue::load(const std::string& measurement) {
  const auto known = known_.find(measurement);
  if (known != known_.end()) return known->second;
  return known_.emplace(measurement, sqlite_store::load_measurement(*database_, measurement))
      .first->second;
}

bool Catalogue::exists(const std::string& name) const {
  Statement found =
      database_->prepare("SELECT 1 FROM sqlite_master WHERE name = ?1 COLLATE NOCASE");
  found.bind(1, name);
  return found.step();
}

void Catalogue::create_table(StoredMeasurement& measurement, const Column& time) {
  const std::string base =
      reserved_table(measurement.name) ? "m_" + measurement.name : measurement.name;
  const auto taken = [this](const std::string& name) { return exists(name); };
  measurement.table = free_name(base, taken);
  database_->execute("CREATE TABLE " + identifier(measurement.table) +
                     "(time INTEGER NOT NULL, series_id INTEGER NOT NULL REFERENCES series(id),"
                     " PRIMARY KEY(time, series_id)) STRICT, WITHOUT ROWID");
  measurement.view = free_name(base + "_view", taken);
  Statement insert = database_->prepare("INSERT INTO weir_measurements VALUES(?1, ?2, ?3)");
  insert.bind(1, measurement.name);
  insert.bind(2, measurement.table);
  insert.bind(3, measurement.view);
  insert.run();
  measurement.columns.push_back({time.name(), Role::time, Type::timestamp, time.unit(), "time"});
  record(measurement, measurement.columns.back(), time.info());
}

void Catalogue::add_column(StoredMeasurement& measurement, const Column& column) {
  const auto taken = [&](const std::string& name) {
    return reserved_column(name) ||
           std::any_of(measurement.columns.begin(), measurement.columns.end(),
                       [&](const StoredColumn& other) { return same_name(other.sql_name, name); });
  };
  StoredColumn stored{column.name(), column.role(), stored_type(column.info()), column.unit(),
                      free_name(column.name(), taken)};
  if (stored.role == Role::field) {
    database_->execute("ALTER TABLE " + identifier(measurement.table) + " ADD COLUMN " +
                       identifier(stored.sql_name) + " " + sql_type(stored.type));
  }
  measurement.columns.push_back(std::move(stored));
  record(measurement, measurement.columns.back(), column.info());
}

void Catalogue::record(const StoredMeasurement& measurement, const StoredColumn& column,
                       const ColumnInfo& info) {
  JsonText metadata;
  metadata.begin_object();
  for (const auto& [key, value] : info.metadata) metadata.key(key).value(std::string_view(value));
  metadata.end_object();
  const std::string json = metadata.take();
  Statement insert =
      database_->prepare("INSERT INTO weir_columns VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)");
  insert.bind(1, measurement.name);
  insert.bind(2, column.name);
  insert.bind(3, static_cast<std::int64_t>(measurement.columns.size()));
  insert.bind(4, sqlite_store::to_text(column.role));
  insert.bind(5, to_string(column.type));
  insert.bind(6, column.unit);
  insert.bind(7, json);
  insert.bind(8, column.sql_name);
  insert.run();
}

void Catalogue::create_view(const StoredMeasurement& measurement) {
  std::string columns = time_text("m.time") + " AS time";
  for (const StoredColumn& column : measurement.columns) {
    if (column.role == Role::tag) {
      columns += ", (SELECT value FROM json_each(s.tags) WHERE key = " + literal(column.name) +
                 ") AS " + identifier(column.sql_name);
    } else if (column.role == Role::field) {
      columns += ", m." + identifier(column.sql_name) + " AS " + identifier(column.sql_name);
    }
  }
  const std::string view = identifier(measurement.view);
  database_->execute("DROP VIEW IF EXISTS " + view);
  database_->execute("CREATE VIEW " + view + " AS SELECT " + columns + " FROM " +
                     identifier(measurement.table) +
                     " AS m JOIN series AS s ON s.id = m.series_id");
}

}  // namespace weir::sqlite_sink
