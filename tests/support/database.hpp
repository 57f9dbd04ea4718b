// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Asks a SQLite file questions.

#include <sqlite3.h>

#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace weir::test {

/// Rows of texts; a null is "NULL".
[[nodiscard]] inline std::vector<std::vector<std::string>> query(const std::filesystem::path& file,
                                                                 const std::string& sql) {
  sqlite3* opened = nullptr;
  const int status = sqlite3_open_v2(file.c_str(), &opened, SQLITE_OPEN_READONLY, nullptr);
  const std::unique_ptr<sqlite3, decltype(&sqlite3_close)> database(opened, sqlite3_close);
  if (status != SQLITE_OK) throw std::runtime_error(file.string() + ": " + sqlite3_errmsg(opened));
  std::vector<std::vector<std::string>> rows;
  char* message = nullptr;
  const auto take = [](void* to, int count, char** values, char**) {
    auto& row = static_cast<std::vector<std::vector<std::string>>*>(to)->emplace_back();
    for (int i = 0; i < count; ++i) row.emplace_back(values[i] == nullptr ? "NULL" : values[i]);
    return 0;
  };
  if (sqlite3_exec(opened, sql.c_str(), take, &rows, &message) != SQLITE_OK) {
    const std::string text = message;
    sqlite3_free(message);
    throw std::runtime_error(sql + ": " + text);
  }
  return rows;
}

/// The one number that a question has for an answer.
[[nodiscard]] inline double number(const std::filesystem::path& file, const std::string& sql) {
  return std::stod(query(file, sql).at(0).at(0));
}

}  // namespace weir::test
