// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The JSON that InfluxDB 1.x answers to /query. Pure. All functions throw NotThere where the
/// server says that there is no such database, RetryLater with the server's words for any other
/// error in the answer, and Fatal for a text that is no such answer.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <weir/column.hpp>

#include "history.hpp"

namespace weir::influx_source::influxql {

/// Rows of texts, none of them empty.
using TextRows = std::vector<std::vector<std::string>>;

/// The rows of SHOW …, all series together.
[[nodiscard]] TextRows read_texts(std::string_view json);

struct RowsRead {
  std::size_t rows = 0;
  bool partial = false;       ///< the server's own limit was reached: there may be more
  std::size_t too_large = 0;  ///< unsigned values beyond 63 bits, appended as nulls
};

/// Appends the rows of SELECT to the columns, by position.
RowsRead read_rows(std::string_view json, std::vector<ColumnBuilder>& columns);

}  // namespace weir::influx_source::influxql
