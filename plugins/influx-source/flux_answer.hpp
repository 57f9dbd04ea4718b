// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The annotated CSV that InfluxDB 2 answers. Pure.

#include <string>
#include <string_view>
#include <vector>

namespace weir::influx_source::flux {

/// All cells of a column, of all tables that have it. Throws RetryLater with the server's words
/// where a table says that the query failed, Fatal for a text that is no CSV.
[[nodiscard]] std::vector<std::string> read_column(std::string_view csv, std::string_view column);

}  // namespace weir::influx_source::flux
