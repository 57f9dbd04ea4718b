// SPDX-License-Identifier: Apache-2.0
#pragma once
/// What the file holds: which table keeps a measurement, and what each of its columns was.
///
///   weir_measurements  measurement -> table, view
///   weir_columns       measurement, column -> role, type, unit, metadata, name in the table
///   series             id -> measurement, tags (JSON object, sorted by name)
///   <measurement>      time (ns), series_id, a column per field
///   <measurement>_view the same for people: time as text, a column per tag

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <weir/column.hpp>

#include "database.hpp"

namespace weir::sqlite_store {

inline constexpr std::int64_t application_id = 0x57454952;  // "WEIR"
inline constexpr std::int64_t schema_version = 1;

struct StoredColumn {
  std::string name;
  Role role = Role::field;
  Type type = Type::float64;
  std::string unit;
  std::string sql_name;
  std::string metadata{};  ///< a JSON object of texts, as the first batch had it
};

struct StoredMeasurement {
  std::string name;
  std::string table;
  std::string view;
  std::vector<StoredColumn> columns;  ///< in the order of their coming

  [[nodiscard]] const StoredColumn* find(std::string_view column) const;
};

[[nodiscard]] const char* to_text(Role role);

/// Whether the store's tables are there; an empty file has none. Throws Fatal where the file is
/// another program's or a newer Weir's.
[[nodiscard]] bool is_store(const Database& database);

/// In the order of their names.
[[nodiscard]] std::vector<std::string> measurement_names(const Database& database);

/// Without columns where the store does not have the measurement. Throws Fatal for a role or type
/// that this version does not know.
[[nodiscard]] StoredMeasurement load_measurement(const Database& database,
                                                 const std::string& measurement);

}  // namespace weir::sqlite_store
