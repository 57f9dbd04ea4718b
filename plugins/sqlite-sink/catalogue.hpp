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
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <weir/batch.hpp>

#include "database.hpp"

namespace weir::sqlite_sink {

inline constexpr std::int64_t application_id = 0x57454952;  // "WEIR"
inline constexpr std::int64_t schema_version = 1;

struct StoredColumn {
  std::string name;
  Role role = Role::field;
  Type type = Type::float64;
  std::string unit;
  std::string sql_name;
};

struct StoredMeasurement {
  std::string name;
  std::string table;
  std::string view;
  std::vector<StoredColumn> columns;  // in the order of their coming

  [[nodiscard]] const StoredColumn* find(std::string_view column) const;
};

/// What a column is stored as: one that a scaler changed as physical values, float64.
[[nodiscard]] Type stored_type(const ColumnInfo& info);

class Catalogue {
 public:
  explicit Catalogue(const Database& database) : database_(&database) {}

  /// Makes the tables of an empty file. Fatal: the file is another program's, or newer than this.
  void open();

  /// Where the batch's rows go. Tables and columns that lack are made, in the present transaction.
  const StoredMeasurement& measurement_for(const Batch& batch);

  /// After a rollback or another writer's change: reads anew.
  void forget() { known_.clear(); }

 private:
  StoredMeasurement& load(const std::string& measurement);
  void create_table(StoredMeasurement& measurement, const Column& time);
  void add_column(StoredMeasurement& measurement, const Column& column);
  void record(const StoredMeasurement& measurement, const StoredColumn& column,
              const ColumnInfo& info);
  void create_view(const StoredMeasurement& measurement);
  [[nodiscard]] bool exists(const std::string& name) const;

  const Database* database_;
  std::map<std::string, StoredMeasurement, std::less<>> known_;
};

}  // namespace weir::sqlite_sink
