// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Names that come from data, made fit for SQL. Pure.

#include <functional>
#include <string>
#include <string_view>

namespace weir::sqlite_store {

/// `"name"` with inner quotes doubled: any text is one identifier and nothing else. Throws Rejected
/// for a NUL, where SQLite would stop reading.
[[nodiscard]] std::string identifier(std::string_view name);
/// `'text'` with inner quotes doubled; NUL as above.
[[nodiscard]] std::string literal(std::string_view text);

/// The name of a table for a measurement, of a column for a tag or field: as near as may be to the
/// name itself. SQLite does not tell `Rtt` from `rtt`, and some names are its own or the store's:
/// then `_2`, `_3`… is added until `taken` says no.
[[nodiscard]] std::string free_name(std::string_view wanted,
                                    const std::function<bool(const std::string&)>& taken);
/// sqlite_*, weir_* and series: tables that a measurement cannot have.
[[nodiscard]] bool reserved_table(std::string_view name);
/// time and series_id: columns that a tag or field cannot have.
[[nodiscard]] bool reserved_column(std::string_view name);
/// As SQLite compares names: letters a–z without case.
[[nodiscard]] bool same_name(std::string_view left, std::string_view right);

}  // namespace weir::sqlite_store
