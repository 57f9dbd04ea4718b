// SPDX-License-Identifier: Apache-2.0
#pragma once
/// A folder that goes away with the test.

#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>

namespace weir::sqlite_store {

class Scratch {
 public:
  Scratch() {
    std::string pattern = (std::filesystem::temp_directory_path() / "weir-sqlite-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  [[nodiscard]] std::string file(const std::string& name = "store.db") const {
    return (folder_ / name).string();
  }

 private:
  std::filesystem::path folder_;
};

}  // namespace weir::sqlite_store
