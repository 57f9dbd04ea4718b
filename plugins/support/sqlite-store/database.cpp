// SPDX-License-Identifier: Apache-2.0
#include "database.hpp"

#include <cerrno>
#include <limits>
#include <new>

namespace weir::sqlite_store {
namespace {

bool is_passing(int system_error) {
  return system_error == ENOSPC || system_error == EDQUOT || system_error == EMFILE ||
         system_error == ENFILE;
}

}  // namespace

void Statement::check(int code) const {
  if (code != SQLITE_OK) database_->raise(code);
}

void Statement::bind(int parameter, std::int64_t value) {
  check(sqlite3_bind_int64(statement_.get(), parameter, value));
}
void Statement::bind(int parameter, double value) {
  check(sqlite3_bind_double(statement_.get(), parameter, value));
}
void Statement::bind(int parameter, std::string_view text) {
  // A view without data would be bound as NULL.
  check(sqlite3_bind_text64(statement_.get(), parameter, text.empty() ? "" : text.data(),
                            text.size(), SQLITE_STATIC, SQLITE_UTF8));
}
void Statement::bind_null(int parameter) { check(sqlite3_bind_null(statement_.get(), parameter)); }

bool Statement::step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  try {
    database_->raise(code);
  } catch (...) {
    sqlite3_reset(statement_.get());  // repeats the code that is already on its way up
    throw;
  }
}
void Statement::reset() { check(sqlite3_reset(statement_.get())); }
void Statement::run() {
  step();
  reset();
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}
std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}
double Statement::number(int column) const {
  return sqlite3_column_double(statement_.get(), column);
}
std::string Statement::text(int column) const {
  const unsigned char* bytes = sqlite3_column_text(statement_.get(), column);
  if (bytes == nullptr) return {};
  const int size = sqlite3_column_bytes(statement_.get(), column);
  return {reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size)};
}

Database::Database(const std::filesystem::path& path, Duration busy_timeout, Access access)
    : path_(std::filesystem::absolute(path).string()) {  // absolute: never a URI, never ":memory:"
  sqlite3* handle = nullptr;
  const int flags = (access == Access::create ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
                                              : SQLITE_OPEN_READONLY) |
                    SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  const int code = sqlite3_open_v2(path_.c_str(), &handle, flags, nullptr);
  handle_.reset(handle);  // also after a failure: it holds the message
  if (code != SQLITE_OK) raise(code);
  const auto wait = std::chrono::duration_cast<std::chrono::milliseconds>(busy_timeout).count();
  sqlite3_busy_timeout(
      handle, static_cast<int>(std::min<std::int64_t>(wait, std::numeric_limits<int>::max())));
  // The file may come from anywhere: its own schema must not be able to harm.
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  // Else the name of a column that is not there would be taken for a text.
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
}

void Database::execute(const std::string& sql) const {
  const int code = sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) raise(code);
}

Statement Database::prepare(std::string_view sql) const {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(handle_.get(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) raise(code);
  return {*this, statement};
}

std::int64_t Database::integer(std::string_view sql) const {
  Statement statement = prepare(sql);
  return statement.step() ? statement.integer(0) : 0;
}

std::string Database::text(std::string_view sql) const {
  Statement statement = prepare(sql);
  return statement.step() ? statement.text(0) : std::string{};
}

void Database::raise(int code) const {
  const std::string where = path_ + ": ";
  const std::string detail = handle_ ? sqlite3_errmsg(handle_.get()) : sqlite3_errstr(code);
  const std::string said = " (SQLite: " + detail + ")";
  switch (code & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      throw RetryLater(where + "another process holds the lock; end it if this lasts" + said);
    case SQLITE_FULL:
      throw RetryLater(where + "the disk is full; free some space" + said);
    case SQLITE_IOERR:
      throw RetryLater(where + "the disk cannot be read or written; look at it" + said);
    case SQLITE_NOMEM:
      throw std::bad_alloc();
    case SQLITE_CORRUPT:
      throw Fatal(where +
                  "the database is damaged; move it away and rescue what it holds with "
                  "'sqlite3 FILE .recover'" +
                  said);
    case SQLITE_NOTADB:
      throw Fatal(where + "is no SQLite database; move the file away or set another path" + said);
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      throw Fatal(where + "may not be written; look at the rights of the file and of its folder" +
                  said);
    case SQLITE_CANTOPEN:
      if (handle_ && is_passing(sqlite3_system_errno(handle_.get()))) {
        throw RetryLater(where + "no room to open it; free disk space or file handles" + said);
      }
      throw Fatal(where + "cannot be opened; look at the path and at the rights of its folder" +
                  said);
    case SQLITE_TOOBIG:
      throw Rejected(where + "a value is too large for SQLite" + said);
    default:
      throw Error(where + detail);
  }
}

Transaction::Transaction(const Database& database) : database_(database) {
  database_.execute("BEGIN IMMEDIATE");
}
Transaction::~Transaction() {
  if (!database_.in_transaction()) return;  // committed, or SQLite itself has rolled back
  try {
    database_.execute("ROLLBACK");
  } catch (const std::exception&) {
    // The first error is on its way up; the next BEGIN meets whatever is wrong with the file.
    return;
  }
}
void Transaction::commit() { database_.execute("COMMIT"); }

}  // namespace weir::sqlite_store
