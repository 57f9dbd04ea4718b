// SPDX-License-Identifier: Apache-2.0
#include "read_back.hpp"

#include <map>
#include <vector>

#include "catalogue.hpp"
#include "identifiers.hpp"

namespace weir::sqlite_sink {

using sqlite_store::identifier;
using sqlite_store::literal;

namespace {

ColumnInfo info_of(const Statement& row) {
  ColumnInfo info{.name = row.text(0), .unit = row.text(3)};
  info.role = row.text(1) == "time" ? Role::time : row.text(1) == "tag" ? Role::tag : Role::field;
  for (const Type type : {Type::timestamp, Type::float64, Type::int64, Type::boolean, Type::utf8}) {
    if (to_string(type) == row.text(2)) info.type = type;
  }
  return info;
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

Batch read_back(const std::string& path, const std::string& measurement) {
  const Database database(path, Duration{0});
  Statement names =
      database.prepare("SELECT table_name FROM weir_measurements WHERE measurement = ?1");
  names.bind(1, measurement);
  if (!names.step()) return {};
  std::vector<ColumnBuilder> builders;
  std::string columns;
  Statement listed = database.prepare(
      "SELECT \"column\", role, type, unit, sql_name FROM weir_columns WHERE measurement = ?1 "
      "ORDER BY position");
  listed.bind(1, measurement);
  while (listed.step()) {
    builders.emplace_back(info_of(listed));
    if (builders.size() > 1) columns += ", ";
    columns +=
        builders.back().info().role == Role::tag
            ? "(SELECT value FROM json_each(s.tags) WHERE key = " + literal(listed.text(0)) + ")"
            : "m." + identifier(listed.text(4));
  }
  Statement rows =
      database.prepare("SELECT " + columns + " FROM " + identifier(names.text(0)) +
                       " m JOIN series s ON s.id = m.series_id ORDER BY m.time, m.series_id");
  while (rows.step()) {
    for (std::size_t i = 0; i < builders.size(); ++i)
      append(builders[i], rows, static_cast<int>(i));
  }
  std::vector<Column> built;
  for (ColumnBuilder& builder : builders) built.push_back(builder.build());
  return {measurement, std::move(built)};
}

std::string query(const std::string& path, const std::string& sql) {
  const Database database(path, Duration{0});
  Statement statement = database.prepare(sql);
  if (!statement.step()) return {};
  return statement.is_null(0) ? "NULL" : statement.text(0);
}

}  // namespace weir::sqlite_sink
