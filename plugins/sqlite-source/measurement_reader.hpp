// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Gives back the rows of one measurement, batch by batch, in the order of (time, series). Each
/// batch is a query of its own that goes on behind the last row, so that no read transaction stays
/// open and the sink's log can be folded meanwhile.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include <weir/batch.hpp>

#include "schema.hpp"
#include "series_tags.hpp"

namespace weir::sqlite_source {

/// What of a measurement is wanted.
struct Wish {
  std::vector<std::string> fields{"*"};  ///< patterns
  TagFilter tags{};
  std::int64_t since = std::numeric_limits<std::int64_t>::min();  ///< ns since 1970 UTC
};

/// The columns as they were before they were stored, without the fields that nobody wants. Throws
/// Fatal for metadata that is none.
[[nodiscard]] std::vector<ColumnInfo> wanted_columns(
    const sqlite_store::StoredMeasurement& measurement, const std::vector<std::string>& fields,
    const std::string& path);

class MeasurementReader {
 public:
  /// What is stored from now on with a later time than all that is there is not read: so the
  /// reading ends although the sink goes on.
  MeasurementReader(const sqlite_store::Database& database,
                    const sqlite_store::StoredMeasurement& measurement, const Wish& wish);

  /// At most `most` rows; without rows: that was all.
  [[nodiscard]] Batch next(std::size_t most);

 private:
  bool take_row();

  std::string measurement_;
  std::vector<ColumnBuilder> columns_;  ///< time first
  std::vector<std::size_t> tags_;       ///< indices of columns_
  std::vector<std::size_t> fields_;
  SeriesTags series_;
  sqlite_store::Statement select_;
  std::int64_t time_;  ///< of the last row, and its series
  std::int64_t series_id_ = std::numeric_limits<std::int64_t>::min();
  std::int64_t until_ = 0;
  bool ended_ = false;
};

}  // namespace weir::sqlite_source
