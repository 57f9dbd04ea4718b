// SPDX-License-Identifier: Apache-2.0
// Rows and tables of a test file.
#include <algorithm>
#include <charconv>
#include <cmath>

#include "core/pipelinetest/reading.hpp"

namespace weir::core::pipelinetest {
namespace {

using config::Entry;
using config::Node;
using config::Problems;

constexpr std::size_t most_rows = 1'000'000;  // of one node, with `times`

Cell read_cell(const Node& value, Problems& problems) {
  Cell cell;
  cell.place = value.place;
  if (value.is_null()) return cell;
  if (!value.is_scalar()) {
    problems.error(value.place,
                   std::string("a value of a row is a text, a number, true, false or null, not ") +
                       config::kind_name(value.kind));
    return cell;
  }
  cell.text = value.text;
  cell.kind = Cell::Kind::text;
  if (value.quoted) return cell;
  if (value.text == "true" || value.text == "false") {
    cell.kind = Cell::Kind::boolean;
    cell.number = value.text == "true" ? 1 : 0;
    return cell;
  }
  const char* const end = value.text.data() + value.text.size();
  const auto parsed = std::from_chars(value.text.data(), end, cell.number);
  if (parsed.ec == std::errc{} && parsed.ptr == end && std::isfinite(cell.number))
    cell.kind = Cell::Kind::number;
  return cell;
}

void put_cell(Row& row, const std::string& column, const Node& value, Problems& problems) {
  if (column != "time") {
    row.cells.emplace_back(column, read_cell(value, problems));
    return;
  }
  row.time = value.is_scalar() ? parse_moment(value.text) : std::nullopt;
  if (!row.time) {
    problems.error(value.place, "'time' is a time of its own or one after the start",
                   "such as 2026-01-01T00:00:00Z or 10s");
  }
}

std::optional<ColumnKind> parse_column_kind(std::string_view text) {
  ColumnKind kind;
  const std::size_t space = text.find(' ');
  if (space != std::string_view::npos) kind.unit = text.substr(space + 1);
  text = text.substr(0, space);
  if (text == "tag") return ColumnKind{Type::utf8, Role::tag, {}};
  if (text == "float64") return kind;
  if (text == "int64") return ColumnKind{Type::int64, Role::field, kind.unit};
  if (text == "bool") return ColumnKind{Type::boolean, Role::field, kind.unit};
  if (text == "text") return ColumnKind{Type::utf8, Role::field, kind.unit};
  return std::nullopt;
}

void read_types(const Entry& entry, GivenRows& given, Problems& problems) {
  if (!entry.value.is_map()) {
    problems.error(entry.value.place, "'types' is a map of columns", "such as {sent: int64}");
    return;
  }
  for (const Entry& column : entry.value.entries) {
    const auto kind =
        column.value.is_scalar() ? parse_column_kind(column.value.text) : std::nullopt;
    if (kind) {
      given.columns[column.key] = *kind;
      continue;
    }
    problems.error(
        column.value.place, "this is no type of a column",
        config::did_you_mean(
            column.value.text, std::vector<std::string>{"float64", "int64", "bool", "text", "tag"},
            "there are float64, int64, bool, text and tag; a unit may follow: `float64 ms`"));
  }
}

/// `times: 360` and `every: 10s`: the rows again and again, each time later.
void repeat(GivenRows& given, const Entry& place, std::uint64_t times, Duration every,
            Problems& problems) {
  if (times == 0 || given.rows.size() > most_rows / times) {
    problems.error(place.value.place, "'times' makes between 1 and 1000000 rows of a node");
    return;
  }
  constexpr Duration longest = std::chrono::hours{24 * 3653};
  if (every > longest / static_cast<std::int64_t>(times)) {
    problems.error(place.value.place, "'times' and 'every' together last longer than ten years");
    return;
  }
  const std::vector<Row> once = given.rows;
  for (std::uint64_t i = 1; i < times; ++i) {
    for (Row row : once) {
      row.shift = every * static_cast<std::int64_t>(i);
      given.rows.push_back(std::move(row));
    }
  }
}

void read_repetition(const Node& value, GivenRows& given, Problems& problems) {
  const Entry* times = value.find("times");
  const Entry* every = value.find("every");
  if (times == nullptr && every == nullptr) return;
  if (times == nullptr || every == nullptr) {
    problems.error((times == nullptr ? every : times)->key_place,
                   "'times' and 'every' repeat the rows together",
                   "such as `times: 360` and `every: 10s`");
    return;
  }
  const auto count = read_count(*times, problems);
  const auto period = every->value.is_scalar() ? parse_duration(every->value.text) : std::nullopt;
  if (!period || period->count() <= 0) {
    problems.error(every->value.place, "'every' is a duration above 0", "such as 10s");
    return;
  }
  if (count) repeat(given, *times, *count, *period, problems);
}

GivenRows read_table(const Node& value, Problems& problems) {
  GivenRows given;
  given.place = value.place;
  const std::size_t before = problems.all().size();
  if (!check_map(value, "given rows", {"measurement", "types", "columns", "rows", "times", "every"},
                 problems))
    return given;
  if (const Entry* name = value.find("measurement"))
    given.measurement = read_text(*name, problems).value_or("");
  if (const Entry* types = value.find("types")) read_types(*types, given, problems);
  std::vector<std::string> columns;
  if (const Entry* names = value.find("columns")) columns = read_names(*names, problems);
  // Rows under a misspelt `columns` would all be wrong.
  if (problems.all().size() != before) return given;
  if (const Entry* rows = value.find("rows"))
    given.rows = read_rows(rows->value, columns, problems);
  for (const Row& row : given.rows) {
    if (!row.time) problems.error(row.place, "a given row needs a 'time'", "such as `time: 10s`");
  }
  read_repetition(value, given, problems);
  return given;
}

}  // namespace

std::vector<Row> read_rows(const Node& value, const std::vector<std::string>& columns,
                           Problems& problems) {
  std::vector<Row> rows;
  if (!value.is_list()) {
    problems.error(value.place,
                   std::string("rows are a list, not ") + config::kind_name(value.kind));
    return rows;
  }
  for (const Node& item : value.items) {
    Row row;
    row.place = item.place;
    if (item.is_map()) {
      for (const Entry& entry : item.entries) put_cell(row, entry.key, entry.value, problems);
    } else if (item.is_list() && !columns.empty()) {
      if (item.items.size() != columns.size()) {
        problems.error(item.place, "this row has " + std::to_string(item.items.size()) +
                                       " values, 'columns' names " +
                                       std::to_string(columns.size()));
        continue;
      }
      for (std::size_t i = 0; i < columns.size(); ++i)
        put_cell(row, columns[i], item.items[i], problems);
    } else {
      problems.error(item.place, "a row is a map of its columns",
                     "or a list, where `columns: [time, …]` stands beside 'rows'");
      continue;
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

std::vector<std::string> read_names(const Entry& entry, Problems& problems) {
  std::vector<std::string> names;
  if (!entry.value.is_list()) {
    problems.error(entry.value.place, "'" + entry.key + "' is a list of columns",
                   "such as [time, rtt_ms]");
    return names;
  }
  for (const Node& item : entry.value.items) {
    const bool twice = std::find(names.begin(), names.end(), item.text) != names.end();
    if (!item.is_scalar() || twice) {
      problems.error(item.place, twice ? "this column stands twice" : "a column's name is a text");
    }
    names.push_back(item.text);
  }
  return names;
}

std::vector<GivenRows> read_given(const Entry& key, Problems& problems) {
  std::vector<GivenRows> all;
  const std::size_t dot = key.key.find('.');
  const auto add = [&](GivenRows given) {
    given.node = key.key.substr(0, dot);
    given.port = dot == std::string::npos ? "" : key.key.substr(dot + 1);
    given.place = key.key_place;
    if (given.measurement.empty()) given.measurement = given.node;
    all.push_back(std::move(given));
  };
  if (key.value.is_null()) {
    add({});
  } else if (key.value.is_list()) {
    for (const Node& item : key.value.items) add(read_table(item, problems));
    if (key.value.items.empty()) add({});
  } else {
    add(read_table(key.value, problems));
  }
  return all;
}

}  // namespace weir::core::pipelinetest
