// SPDX-License-Identifier: Apache-2.0
#pragma once
/// One file of rows. Each write is one transaction: other programs see a batch whole or not at all,
/// the lock is held for milliseconds, and a kill loses no batch that write() has returned from.

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <weir/batch.hpp>

#include "catalogue.hpp"
#include "cells.hpp"
#include "database.hpp"
#include "series.hpp"

namespace weir::sqlite_sink {

/// A row that cannot be stored.
struct Refusal {
  std::size_t row;
  std::string reason;
};

class Store {
 public:
  /// Opens or creates the file, with the folders above it.
  Store(const std::filesystem::path& path, Duration busy_timeout);
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  /// Stores all rows but those that it returns. A row of a (time, series) that is there already
  /// overwrites the fields that it has values for, so that writing twice does no harm.
  [[nodiscard]] std::vector<Refusal> write(const Batch& batch);

  /// Returns when all that was written has reached the disk: it outlives a loss of power.
  void sync();

 private:
  struct Cell {
    std::size_t column;  // of the batch
    Conversion conversion;
    StoredColumn stored;
  };
  /// How batches of one schema are written.
  struct Plan {
    Batch schema;  // without rows
    Statement insert;
    std::vector<Cell> cells;    // fields; parameters from 3 on
    std::vector<Cell> misfits;  // tags whose name is a field's in the store
  };

  [[nodiscard]] bool changed_by_others();
  Plan& plan_for(const Batch& batch);
  [[nodiscard]] std::vector<Refusal> insert(Plan& plan, const Batch& batch);
  void forget();

  Database database_;
  Catalogue catalogue_;
  std::vector<Plan> plans_;
  std::optional<SeriesDictionary> series_;  // once the tables are there
  std::optional<Statement> data_version_;
  std::int64_t version_ = 0;
  bool unsynced_ = false;
};

}  // namespace weir::sqlite_sink
