// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Makes the tables and columns that batches need; schema.hpp of support/sqlite-store says which.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include <weir/batch.hpp>

#include "database.hpp"
#include "schema.hpp"

namespace weir::sqlite_sink {

using sqlite_store::application_id;
using sqlite_store::Database;
using sqlite_store::schema_version;
using sqlite_store::Statement;
using sqlite_store::StoredColumn;
using sqlite_store::StoredMeasurement;
using sqlite_store::Transaction;

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
