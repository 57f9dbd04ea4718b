// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Reads a store's file with nothing but SQL, and a folder that goes away with the test.

#include <filesystem>
#include <string>

#include <weir/batch.hpp>

namespace weir::sqlite_sink {

class Scratch {
 public:
  Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch();
  [[nodiscard]] std::string file(const std::string& name = "store.db") const {
    return (folder_ / name).string();
  }

 private:
  std::filesystem::path folder_;
};

/// The rows of a measurement in the order of (time, series), with the columns that they came with.
[[nodiscard]] Batch read_back(const std::string& path, const std::string& measurement);

/// First column of the first row, as text; "NULL" for a null.
[[nodiscard]] std::string query(const std::string& path, const std::string& sql);

}  // namespace weir::sqlite_sink
