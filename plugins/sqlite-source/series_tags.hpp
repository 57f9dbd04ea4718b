// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The store's dictionary of series, read backwards: number -> tags.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "database.hpp"

namespace weir::sqlite_source {

/// Patterns by the name of the tag; a series without the tag does not fit.
using TagFilter = std::map<std::string, std::string>;

class SeriesTags {
 public:
  /// A null where a series lacks the tag.
  using Values = std::vector<std::optional<std::string>>;

  SeriesTags(const sqlite_store::Database& database, std::vector<std::string> names,
             TagFilter filter);

  /// The values of `names` of a series, or nullptr where it does not fit the filter. Lives until
  /// the next call. Throws Fatal where the dictionary is damaged.
  [[nodiscard]] const Values* find(std::int64_t series);

 private:
  [[nodiscard]] std::optional<Values> look_up(std::int64_t series);

  const sqlite_store::Database* database_;
  std::vector<std::string> names_;
  TagFilter filter_;
  sqlite_store::Statement select_;
  std::unordered_map<std::int64_t, std::optional<Values>> known_;
};

}  // namespace weir::sqlite_source
