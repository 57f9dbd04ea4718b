// SPDX-License-Identifier: Apache-2.0
#include "store.hpp"

#include <algorithm>
#include <system_error>

#include "identifiers.hpp"

namespace weir::sqlite_sink {

using sqlite_store::identifier;

namespace {

/// Schemas that are kept ready; a stream has a few, and each holds a compiled statement.
constexpr std::size_t most_plans = 32;

Database open_file(const std::filesystem::path& path, Duration busy_timeout) {
  if (path.has_parent_path()) {
    std::error_code error;
    std::filesystem::create_directories(path.parent_path(), error);
    if (error) {
      throw Fatal(path.parent_path().string() + ": the folder cannot be made (" + error.message() +
                  "); set another path or look at the rights");
    }
  }
  return {path, busy_timeout};
}

/// A null never takes away what is there: a field that a later row does not have stays.
template <class Cells>
std::string insert_sql(const StoredMeasurement& measurement, const Cells& cells) {
  std::string columns = "time, series_id";
  std::string values = "?1, ?2";
  std::string updates;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::string column = identifier(cells[i].stored.sql_name);
    columns += ", " + column;
    values += ", ?" + std::to_string(i + 3);
    updates +=
        (i == 0 ? "" : ", ") + column + " = coalesce(excluded." + column + ", " + column + ")";
  }
  return "INSERT INTO " + identifier(measurement.table) + "(" + columns + ") VALUES(" + values +
         ") ON CONFLICT(time, series_id) DO " +
         (updates.empty() ? "NOTHING" : "UPDATE SET " + updates);
}

}  // namespace

Store::Store(const std::filesystem::path& path, Duration busy_timeout)
    : database_(open_file(path, busy_timeout)), catalogue_(database_) {
  catalogue_.open();  // before anything is changed: the file may be another program's
  const std::string mode = database_.text("PRAGMA journal_mode = WAL");
  if (mode != "wal") {
    throw Fatal(database_.path() + ": SQLite cannot keep a write-ahead log here (mode '" + mode +
                "'); set a path on a local disk");
  }
  database_.execute("PRAGMA synchronous = NORMAL");  // sync() does the rest
  series_.emplace(database_);
  data_version_.emplace(database_.prepare("PRAGMA data_version"));
}

std::vector<Refusal> Store::write(const Batch& batch) {
  try {
    Transaction transaction(database_);
    if (changed_by_others()) forget();
    std::vector<Refusal> refused = insert(plan_for(batch), batch);
    transaction.commit();
    unsynced_ = true;
    return refused;
  } catch (...) {
    forget();  // the caches may know tables and series that were rolled back
    throw;
  }
}

void Store::sync() {
  if (!unsynced_) return;
  // A commit with synchronous = FULL flushes the log, and with it all commits before. It has to
  // write a page to be one: the version that is there already.
  database_.execute("PRAGMA synchronous = FULL");
  {
    Transaction transaction(database_);
    database_.execute("PRAGMA user_version = " + std::to_string(schema_version));
    transaction.commit();
  }
  database_.execute("PRAGMA synchronous = NORMAL");
  unsynced_ = false;
}

bool Store::changed_by_others() {
  data_version_->step();
  const std::int64_t version = data_version_->integer(0);
  data_version_->reset();
  return std::exchange(version_, version) != version;
}

void Store::forget() {
  plans_.clear();
  catalogue_.forget();
  if (series_) series_->forget();
}

Store::Plan& Store::plan_for(const Batch& batch) {
  for (Plan& plan : plans_) {
    if (plan.schema.same_schema(batch)) return plan;
  }
  const StoredMeasurement& measurement = catalogue_.measurement_for(batch);
  std::vector<Cell> cells;
  std::vector<Cell> misfits;
  for (std::size_t i = 0; i < batch.columns().size(); ++i) {
    const ColumnInfo& info = batch.columns()[i].info();
    if (info.role == Role::time) continue;
    const StoredColumn& stored = *measurement.find(info.name);
    Cell cell{i, conversion(info, stored), stored};
    if (stored.role != info.role) {
      misfits.push_back(std::move(cell));
    } else if (info.role == Role::field) {
      cells.push_back(std::move(cell));
    }
  }
  if (plans_.size() >= most_plans) plans_.erase(plans_.begin());
  Statement insert = database_.prepare(insert_sql(measurement, cells));
  plans_.push_back({batch.slice(0, 0), std::move(insert), std::move(cells), std::move(misfits)});
  return plans_.back();
}

std::vector<Refusal> Store::insert(Plan& plan, const Batch& batch) {
  std::vector<Refusal> refused;
  const auto columns = batch.columns();
  const auto times = batch.times();
  const std::vector<const Column*> tags = sorted_tags(batch);
  const auto misfit = [&](std::size_t row) -> const Cell* {
    for (const Cell& cell : plan.misfits) {
      if (columns[cell.column].valid(row)) return &cell;
    }
    int parameter = 3;
    for (const Cell& cell : plan.cells) {
      if (!bind_cell(plan.insert, parameter++, columns[cell.column], row, cell.conversion))
        return &cell;
    }
    return nullptr;
  };
  for (std::size_t row = 0; row < batch.rows(); ++row) {
    if (const Cell* cell = misfit(row)) {
      refused.push_back({row, refusal(columns[cell->column], cell->stored)});
      continue;
    }
    plan.insert.bind(1, times[row]);
    plan.insert.bind(2, series_->id(batch.measurement(), tags, row));
    plan.insert.run();
  }
  return refused;
}

}  // namespace weir::sqlite_sink
