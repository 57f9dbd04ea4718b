// SPDX-License-Identifier: Apache-2.0
#include "influxql_answer.hpp"

#include <simdjson.h>

#include <utility>

namespace weir::influx_source::influxql {
namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::element_type;
using simdjson::dom::object;

[[noreturn]] void unexpected(const std::string& what) {
  throw Fatal("this is no answer of InfluxDB 1.x (" + what + "); check url");
}

void check_error(const object& part) {
  std::string_view error;
  if (part["error"].get(error) != simdjson::SUCCESS) return;
  const std::string said(error.substr(0, 400));
  if (error.starts_with("database not found")) throw NotThere(said);
  if (error.starts_with("retention policy not found"))
    throw Fatal(said + "; check retention_policy");
  throw RetryLater("the server says: " + said);
}

/// Calls `use(series)` for each series, and `next(statement)` before those of a statement.
template <class NextStatement, class UseSeries>
void for_each_series(std::string_view json, const NextStatement& next, const UseSeries& use) {
  simdjson::dom::parser parser;
  object answer;
  if (parser.parse(json.data(), json.size()).get(answer) != simdjson::SUCCESS)
    unexpected("no JSON object");
  check_error(answer);
  array results;
  if (answer["results"].get(results) != simdjson::SUCCESS) unexpected("no results");
  for (const element result : results) {
    object statement;
    if (result.get(statement) != simdjson::SUCCESS) unexpected("a result is no object");
    check_error(statement);
    next(statement);
    array all;
    if (statement["series"].get(all) != simdjson::SUCCESS) continue;
    for (const element one : all) {
      object series;
      if (one.get(series) != simdjson::SUCCESS) unexpected("a series is no object");
      use(series);
    }
  }
}

bool is_true(const object& part, const char* member) {
  bool value = false;
  return part[member].get(value) == simdjson::SUCCESS && value;
}

array values_of(const object& series) {
  array values;
  if (series["values"].get(values) != simdjson::SUCCESS) unexpected("a series has no values");
  return values;
}

/// False: the value is beyond 63 bits.
bool append(ColumnBuilder& column, const element& value) {
  if (value.is_null()) {
    if (column.info().role == Role::time) unexpected("a time is null");
    column.append_null();
    return true;
  }
  switch (column.info().type) {
    case Type::utf8: {
      std::string_view text;
      if (value.get(text) != simdjson::SUCCESS) unexpected("a text is none");
      // A series without a tag has it empty: no tag of InfluxDB is an empty text.
      if (column.info().role == Role::tag && text.empty()) {
        column.append_null();
      } else {
        column.append(text);
      }
      return true;
    }
    case Type::boolean: {
      bool flag = false;
      if (value.get(flag) != simdjson::SUCCESS) unexpected("a boolean is none");
      column.append(flag);
      return true;
    }
    case Type::float64: {
      double number = 0;
      if (value.get(number) != simdjson::SUCCESS) unexpected("a number is none");
      column.append(number);
      return true;
    }
    default: {
      if (value.type() == element_type::UINT64) return false;
      std::int64_t whole = 0;
      if (value.get(whole) != simdjson::SUCCESS) unexpected("an integer is none");
      column.append(whole);
      return true;
    }
  }
}

void append_row(const element& row, std::vector<ColumnBuilder>& columns, RowsRead& read) {
  array cells;
  if (row.get(cells) != simdjson::SUCCESS || cells.size() != columns.size())
    unexpected("a row has not the columns that were asked for");
  std::size_t i = 0;
  for (const element cell : cells) {
    ColumnBuilder& column = columns[i++];
    if (append(column, cell)) continue;
    if (column.info().role == Role::time) unexpected("a time is none");
    column.append_null();
    ++read.too_large;
  }
  ++read.rows;
}

}  // namespace

TextRows read_texts(std::string_view json) {
  TextRows rows;
  const auto next = [](const object&) {};
  for_each_series(json, next, [&](const object& series) {
    for (const element row : values_of(series)) {
      array cells;
      if (row.get(cells) != simdjson::SUCCESS || cells.size() == 0)
        unexpected("a row is no list of names");
      std::vector<std::string>& texts = rows.emplace_back();
      for (const element cell : cells) {
        std::string_view text;
        if (cell.get(text) != simdjson::SUCCESS) unexpected("a name is no text");
        texts.emplace_back(text);
      }
    }
  });
  return rows;
}

RowsRead read_rows(std::string_view json, std::vector<ColumnBuilder>& columns) {
  RowsRead read;
  const auto next = [&](const object& statement) {
    read.partial = read.partial || is_true(statement, "partial");
  };
  for_each_series(json, next, [&](const object& series) {
    read.partial = read.partial || is_true(series, "partial");
    for (const element row : values_of(series)) append_row(row, columns, read);
  });
  return read;
}

}  // namespace weir::influx_source::influxql
