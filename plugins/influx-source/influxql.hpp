// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Queries of InfluxDB 1.x as text. Pure.
/// https://docs.influxdata.com/influxdb/v1/query_language/spec/

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <weir/column.hpp>

#include "history.hpp"

namespace weir::influx_source::influxql {

/// `"name"` and `'text'`: any text is one identifier or string and nothing else. Throws Fatal for a
/// NUL, where the server would stop reading.
[[nodiscard]] std::string identifier(std::string_view name);
[[nodiscard]] std::string literal(std::string_view text);

struct Field {
  std::string name;
  std::string type;  ///< float, integer, unsigned, string, boolean
};

/// What a measurement holds.
struct Schema {
  std::string measurement;
  std::vector<std::string> tags;
  std::vector<Field> fields;
};

/// The columns of the answer to select(): time, tags, fields.
[[nodiscard]] std::vector<ColumnInfo> columns(const Schema& schema);

/// All field keys with their types, all tag keys of a measurement. (Not two statements in one
/// question: of an error in the first, 1.6 says only "not executed".)
[[nodiscard]] std::string show_field_keys(const Wish& wish, std::string_view measurement);
[[nodiscard]] std::string show_tag_keys(const Wish& wish, std::string_view measurement);
/// At most `limit` rows from a time on, the oldest first.
[[nodiscard]] std::string select(const Wish& wish, const Schema& schema,
                                 std::optional<std::int64_t> from, std::size_t limit);

}  // namespace weir::influx_source::influxql
