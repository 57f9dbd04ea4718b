// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Rows as JSON: what dead letters keep and what a tap shows.

#include <cstddef>
#include <string>

#include "weir/batch.hpp"
#include "weir/json_text.hpp"

namespace weir::core::runtime {

/// The row's columns under their names: time as RFC 3339, nulls left out.
void add_columns(JsonText& json, const Batch& batch, std::size_t row);

/// An object of the row's columns and `weir.measurement`, without a line end.
[[nodiscard]] std::string row_text(const Batch& batch, std::size_t row);

}  // namespace weir::core::runtime
