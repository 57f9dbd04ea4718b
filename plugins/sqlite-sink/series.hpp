// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The dictionary of series: measurement and tags -> a small number.

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <weir/batch.hpp>

#include "catalogue.hpp"

namespace weir::sqlite_sink {

/// The tag columns of a batch, sorted by name.
[[nodiscard]] std::vector<const Column*> sorted_tags(const Batch& batch);

/// A row's tags as a JSON object; a null tag is left out, an empty one is not.
[[nodiscard]] std::string tags_json(const std::vector<const Column*>& tags, std::size_t row);

class SeriesDictionary {
 public:
  explicit SeriesDictionary(const Database& database);

  /// The number of a row's series, which is added if it is new. In a transaction.
  [[nodiscard]] std::int64_t id(const std::string& measurement,
                                const std::vector<const Column*>& tags, std::size_t row);

  /// After a rollback or another writer's change: asks the file again.
  void forget() { known_.clear(); }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };

  [[nodiscard]] std::int64_t look_up(const std::string& measurement, const std::string& tags);

  Statement insert_;
  Statement select_;
  std::string key_;  // kept for its memory
  std::unordered_map<std::string, std::int64_t, Hash, std::equal_to<>> known_;
};

}  // namespace weir::sqlite_sink
