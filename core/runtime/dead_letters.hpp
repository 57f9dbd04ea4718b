// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Keeps aside the rows that could not be used, as JSON lines that can be read again.

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <string>

#include "weir/batch.hpp"
#include "weir/units.hpp"

namespace weir::core::runtime {

/// One file `<folder>/<pipeline>/<node>.jsonl` per node, made when its first row comes, appended
/// to. A line holds the row's columns under their names (time as RFC 3339, nulls left out) and
/// `weir.measurement`, `weir.node`, `weir.arrived` and, if one is given, `weir.reason`.
/// Thread-safe. Nothing here throws: trouble with the disk must not stop a pipeline.
class DeadLetters {
 public:
  /// An empty folder: nothing is written.
  DeadLetters(std::filesystem::path folder, std::string pipeline, Bytes limit);

  /// Returns what a person should be told, once per node: where the rows go, that the file is full,
  /// or that it cannot be written. Empty: nothing new.
  [[nodiscard]] std::string keep(const std::string& node, const Batch& batch,
                                 const std::string& reason, Timestamp arrived) noexcept;

 private:
  struct File {
    std::filesystem::path path;
    std::ofstream stream;
    std::int64_t size = 0;
    bool stopped = false;
  };
  [[nodiscard]] std::string open(File& file, const std::string& node) const;
  [[nodiscard]] std::string write(File& file, const std::string& lines) const;

  std::filesystem::path folder_;
  std::string pipeline_;
  Bytes limit_;
  std::mutex mutex_;
  std::map<std::string, File> files_;
};

/// The lines that `keep` writes, each ending in a newline.
[[nodiscard]] std::string dead_letter_lines(const std::string& node, const Batch& batch,
                                            const std::string& reason, Timestamp arrived);

}  // namespace weir::core::runtime
