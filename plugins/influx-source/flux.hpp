// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Queries of InfluxDB 2 as text. Pure.
/// https://docs.influxdata.com/flux/v0/spec/lexical-elements/

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "history.hpp"

namespace weir::influx_source::flux {

/// `"text"`: any text is one string and nothing else; `${` begins no expression.
[[nodiscard]] std::string literal(std::string_view text);

/// A query as the body of POST /api/v2/query: JSON that asks for annotated CSV.
[[nodiscard]] std::string request(std::string_view query);

/// The names of all measurements, of all fields of one: answered in `_value`.
[[nodiscard]] std::string list_measurements(const Wish& wish);
[[nodiscard]] std::string list_fields(const Wish& wish, std::string_view measurement);

/// What is read of a measurement.
struct Part {
  std::string measurement;
  std::vector<std::string> fields;  ///< empty: all
};

/// The times of the first and last values of each series, answered in `_time`.
[[nodiscard]] std::string bounds(const Wish& wish, const Part& part);
/// All values in [from, to).
[[nodiscard]] std::string window(const Wish& wish, const Part& part, std::int64_t from,
                                 std::int64_t to);

}  // namespace weir::influx_source::flux
