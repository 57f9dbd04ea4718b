// SPDX-License-Identifier: Apache-2.0
#pragma once
/// SQLite's C handles with owners, and its result codes as the exceptions that the engine knows:
/// locked, full and failing disks are RetryLater; damage, wrong files and missing rights are Fatal.

#include <sqlite3.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include <weir/error.hpp>
#include <weir/units.hpp>

namespace weir::sqlite_store {

class Database;

/// A compiled statement. Parameters count from 1, columns from 0. Text that is bound is lent until
/// the next reset.
class Statement {
 public:
  void bind(int parameter, std::int64_t value);
  void bind(int parameter, double value);
  void bind(int parameter, std::string_view text);
  void bind_null(int parameter);

  /// True while there is a row.
  bool step();
  void reset();
  /// step and reset, for statements without rows.
  void run();

  [[nodiscard]] bool is_null(int column) const;
  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] double number(int column) const;
  [[nodiscard]] std::string text(int column) const;

 private:
  friend class Database;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  Statement(const Database& database, sqlite3_stmt* statement)
      : database_(&database), statement_(statement) {}
  void check(int code) const;

  const Database* database_;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

enum class Access : std::uint8_t {
  create,    ///< read and write; the file is made if there is none
  read_only  ///< the file must be there
};

/// A connection that one thread uses at a time.
class Database {
 public:
  /// A lock is waited for up to `busy_timeout`.
  Database(const std::filesystem::path& path, Duration busy_timeout,
           Access access = Access::create);

  void execute(const std::string& sql) const;
  [[nodiscard]] Statement prepare(std::string_view sql) const;
  /// First column of the first row.
  [[nodiscard]] std::int64_t integer(std::string_view sql) const;
  [[nodiscard]] std::string text(std::string_view sql) const;
  [[nodiscard]] bool in_transaction() const { return sqlite3_get_autocommit(handle_.get()) == 0; }
  [[nodiscard]] const std::string& path() const { return path_; }

  /// Throws what `code` means; says the file and what to do.
  [[noreturn]] void raise(int code) const;

 private:
  struct Close {
    void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
  };
  std::string path_;
  std::unique_ptr<sqlite3, Close> handle_;
};

/// All or nothing: rolled back unless commit() returned. Takes the write lock at once, so that no
/// statement in between can meet a lock.
class Transaction {
 public:
  explicit Transaction(const Database& database);
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction();
  void commit();

 private:
  const Database& database_;
};

}  // namespace weir::sqlite_store
