// SPDX-License-Identifier: Apache-2.0
#pragma once
/// How the values of a batch's column become values of a stored column. A value is stored exactly
/// or not at all: what does not fit makes its row unusable.

#include <cstddef>
#include <cstdint>
#include <string>

#include <weir/column.hpp>

#include "catalogue.hpp"

namespace weir::sqlite_sink {

enum class Conversion : std::uint8_t {
  same,
  physical,           ///< what a scaler did is undone
  integer_to_number,  ///< refuses integers beyond 2^53 that a double cannot hold
  number_to_integer,  ///< refuses fractions
  none                ///< every value is refused
};

[[nodiscard]] Conversion conversion(const ColumnInfo& from, const StoredColumn& to);

/// False: the value does not fit; nothing is bound. Nulls always fit.
[[nodiscard]] bool bind_cell(Statement& statement, int parameter, const Column& column,
                             std::size_t row, Conversion conversion);

/// Why a value of the column was refused; says what to do.
[[nodiscard]] std::string refusal(const Column& column, const StoredColumn& stored);

}  // namespace weir::sqlite_sink
