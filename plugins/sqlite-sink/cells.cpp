// SPDX-License-Identifier: Apache-2.0
#include "cells.hpp"

#include <cmath>

namespace weir::sqlite_sink {
namespace {

constexpr double two_to_63 = 9223372036854775808.0;

bool holds_integer(double value) {
  return std::trunc(value) == value && value >= -two_to_63 && value < two_to_63;
}

bool bind_number(Statement& statement, int parameter, double value) {
  if (std::isfinite(value)) {
    statement.bind(parameter, value);
  } else {
    statement.bind_null(
        parameter);  // no value leaves a node as NaN or infinity; nor does it enter here
  }
  return true;
}

bool bind_same(Statement& statement, int parameter, const Column& column, std::size_t row) {
  switch (column.type()) {
    case Type::float64:
      return bind_number(statement, parameter, column.doubles()[row]);
    case Type::boolean:
      statement.bind(parameter, std::int64_t{column.boolean(row) ? 1 : 0});
      break;
    case Type::utf8:
      statement.bind(parameter, column.text(row));
      break;
    default:
      statement.bind(parameter, column.integers()[row]);
      break;
  }
  return true;
}

}  // namespace

Conversion conversion(const ColumnInfo& from, const StoredColumn& to) {
  const bool other_unit = !from.unit.empty() && !to.unit.empty() && from.unit != to.unit;
  if (from.role != to.role || other_unit) return Conversion::none;
  const bool scaled = from.scale != 1 || from.offset != 0;
  if (scaled && (from.type == Type::utf8 || from.type == Type::timestamp)) return Conversion::none;
  if (scaled) return to.type == Type::float64 ? Conversion::physical : Conversion::none;
  if (from.type == to.type) return Conversion::same;
  if (from.type == Type::int64 && to.type == Type::float64) return Conversion::integer_to_number;
  if (from.type == Type::float64 && to.type == Type::int64) return Conversion::number_to_integer;
  return Conversion::none;
}

bool bind_cell(Statement& statement, int parameter, const Column& column, std::size_t row,
               Conversion conversion) {
  if (!column.valid(row)) {
    statement.bind_null(parameter);
    return true;
  }
  switch (conversion) {
    case Conversion::same:
      return bind_same(statement, parameter, column, row);
    case Conversion::physical:
      return bind_number(statement, parameter, column.physical(row));
    case Conversion::integer_to_number: {
      const std::int64_t value = column.integers()[row];
      const auto number = static_cast<double>(value);
      if (!holds_integer(number) || static_cast<std::int64_t>(number) != value) return false;
      return bind_number(statement, parameter, number);
    }
    case Conversion::number_to_integer: {
      const double value = column.doubles()[row];
      if (!holds_integer(value)) return false;
      statement.bind(parameter, static_cast<std::int64_t>(value));
      return true;
    }
    default:
      return false;
  }
}

std::string refusal(const Column& column, const StoredColumn& stored) {
  const std::string what = "column '" + column.name() + "' ";
  if (column.role() != stored.role) {
    const auto word = [](Role role) { return role == Role::tag ? "tag" : "field"; };
    return what + "is a " + word(column.role()) + " here and a " + word(stored.role) +
           " in the store; rename it or set another path";
  }
  if (!column.unit().empty() && !stored.unit.empty() && column.unit() != stored.unit) {
    return what + "is in " + column.unit() + " here and in " + stored.unit +
           " in the store; rename it or set another path";
  }
  const std::string_view type = to_string(stored_type(column.info()));
  return what + "holds a value of type " + std::string(type) + " that the store's " +
         std::string(to_string(stored.type)) +
         " cannot hold exactly; rename it or set another path";
}

}  // namespace weir::sqlite_sink
