// SPDX-License-Identifier: Apache-2.0
#include "schema.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace weir::sqlite_store {
namespace {

constexpr std::array roles{std::pair{"time", Role::time}, std::pair{"tag", Role::tag},
                           std::pair{"field", Role::field}};
constexpr std::array types{Type::timestamp, Type::float64, Type::int64, Type::boolean, Type::utf8};

StoredColumn read_column(const Statement& row, const std::string& path) {
  StoredColumn column{row.text(0), {}, {}, row.text(3), row.text(4), row.text(5)};
  const std::string role = row.text(1);
  const std::string type = row.text(2);
  const auto role_at = std::find_if(roles.begin(), roles.end(),
                                    [&](const auto& pair) { return pair.first == role; });
  const auto type_at =
      std::find_if(types.begin(), types.end(), [&](Type one) { return to_string(one) == type; });
  if (role_at == roles.end() || type_at == types.end()) {
    throw Fatal(path + ": weir_columns says role '" + role + "', type '" + type + "' of column '" +
                column.name + "', which this version does not know; set another path");
  }
  column.role = role_at->second;
  column.type = *type_at;
  return column;
}

}  // namespace

const StoredColumn* StoredMeasurement::find(std::string_view column) const {
  const auto at = std::find_if(columns.begin(), columns.end(),
                               [&](const StoredColumn& one) { return one.name == column; });
  return at == columns.end() ? nullptr : &*at;
}

const char* to_text(Role role) {
  return std::find_if(roles.begin(), roles.end(),
                      [&](const auto& pair) { return pair.second == role; })
      ->first;
}

bool is_store(const Database& database) {
  const std::int64_t application = database.integer("PRAGMA application_id");
  const std::int64_t version = database.integer("PRAGMA user_version");
  const std::int64_t tables = database.integer("SELECT count(*) FROM sqlite_master");
  if (application != application_id && (application != 0 || tables != 0)) {
    throw Fatal(database.path() + ": is another program's database; set another path");
  }
  if (application == application_id && version > schema_version) {
    throw Fatal(database.path() + ": was written by a newer Weir (schema " +
                std::to_string(version) + ", this one knows " + std::to_string(schema_version) +
                "); update Weir or set another path");
  }
  return application == application_id;
}

std::vector<std::string> measurement_names(const Database& database) {
  std::vector<std::string> names;
  Statement rows = database.prepare("SELECT measurement FROM weir_measurements ORDER BY 1");
  while (rows.step()) names.push_back(rows.text(0));
  return names;
}

StoredMeasurement load_measurement(const Database& database, const std::string& measurement) {
  StoredMeasurement loaded{measurement, {}, {}, {}};
  Statement names = database.prepare(
      "SELECT table_name, view_name FROM weir_measurements WHERE measurement = ?1");
  names.bind(1, measurement);
  if (!names.step()) return loaded;
  loaded.table = names.text(0);
  loaded.view = names.text(1);
  Statement columns = database.prepare(
      "SELECT \"column\", role, type, unit, sql_name, metadata FROM weir_columns"
      " WHERE measurement = ?1 ORDER BY position");
  columns.bind(1, measurement);
  while (columns.step()) loaded.columns.push_back(read_column(columns, database.path()));
  return loaded;
}

}  // namespace weir::sqlite_store
