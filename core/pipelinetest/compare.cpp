// SPDX-License-Identifier: Apache-2.0
#include "core/pipelinetest/compare.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "weir/arrow.hpp"

namespace weir::core::pipelinetest {
namespace {

constexpr std::size_t most_shown = 5;  // rows that differ

struct GotRow {
  const Batch* batch;
  std::size_t row;
};

struct Line {
  std::string row;
  std::string column;
  std::string expected;
  std::string got;
};

std::string text_of(const Column& column, std::size_t row) {
  if (!column.valid(row)) return "null";
  switch (column.type()) {
    case Type::timestamp:
      return to_text(Timestamp{Duration{column.integers()[row]}});
    case Type::utf8:
      return std::string(column.text(row));
    case Type::boolean:
      return column.boolean(row) ? "true" : "false";
    case Type::int64:
      return std::to_string(column.integers()[row]);
    case Type::float64:
      break;
  }
  return detail::number_text(column.doubles()[row]);
}

std::string text_of(const Cell& cell) { return cell.kind == Cell::Kind::null ? "null" : cell.text; }

std::string text_of(const GotRow& got) {
  std::string text;
  for (const Column& column : got.batch->columns()) {
    if (column.role() != Role::time && column.is_null(got.row)) continue;
    text += (text.empty() ? "" : "  ") + column.name() + "=" + text_of(column, got.row);
  }
  return text;
}

std::string text_of(const Row& row, Timestamp start) {
  std::string text;
  if (row.time) text = "time=" + to_text(row.time->at(start));
  for (const auto& [name, cell] : row.cells)
    text += (text.empty() ? "" : "  ") + name + "=" + text_of(cell);
  return text;
}

class Comparison {
 public:
  Comparison(const Expectation& expected, const std::vector<Batch>& got, Timestamp start)
      : expected_(expected), start_(start) {
    for (const Batch& batch : got) {
      if (!expected.measurement.empty() && batch.measurement() != expected.measurement) continue;
      for (std::size_t row = 0; row < batch.rows(); ++row) rows_.push_back({&batch, row});
    }
  }

  std::vector<Difference> run() {
    if (expected_.count && rows_.size() != *expected_.count)
      say_count("exactly " + std::to_string(*expected_.count));
    if (expected_.at_least && rows_.size() < *expected_.at_least)
      say_count("at least " + std::to_string(*expected_.at_least));
    if (expected_.rows && expected_.any_order) compare_any_order(*expected_.rows);
    if (expected_.rows && !expected_.any_order) compare_in_order(*expected_.rows);
    if (expected_.rows && expected_.exact) check_columns(*expected_.rows);
    if (!expected_.contains.empty()) find_all(expected_.contains);
    return std::move(found_);
  }

 private:
  [[nodiscard]] std::string name() const {
    return expected_.node + (expected_.port.empty() ? "" : "." + expected_.port);
  }

  void say(config::Place place, const std::string& headline, const std::vector<Line>& lines) {
    found_.push_back({std::move(place), name() + ": " + headline, table_of(lines)});
  }

  void say_count(const std::string& wanted) {
    std::vector<Line> lines;
    for (std::size_t i = 0; i < rows_.size() && i < most_shown; ++i)
      lines.push_back({std::to_string(i + 1), "", "", text_of(rows_[i])});
    say(expected_.place, std::to_string(rows_.size()) + " rows came, " + wanted + " were expected",
        lines);
  }

  static std::string table_of(const std::vector<Line>& lines) {
    if (lines.empty()) return {};
    std::vector<Line> all{{"row", "column", "expected", "got"}};
    all.insert(all.end(), lines.begin(), lines.end());
    std::size_t row = 0;
    std::size_t column = 0;
    std::size_t expected = 0;
    for (const Line& line : all) {
      row = std::max(row, line.row.size());
      column = std::max(column, line.column.size());
      expected = std::max(expected, line.expected.size());
    }
    const auto padded = [](std::string text, std::size_t width) {
      text.resize(std::max(width, text.size()), ' ');
      return text + "  ";
    };
    std::string out;
    for (const Line& line : all) {
      std::string text = padded(line.row, row) + padded(line.column, column) +
                         padded(line.expected, expected) + line.got;
      text.resize(text.find_last_not_of(' ') + 1);
      out += text + "\n";
    }
    return out;
  }

  [[nodiscard]] bool near(double expected, double got) const {
    return std::abs(expected - got) <= expected_.tolerance * std::max(1.0, std::abs(expected));
  }

  [[nodiscard]] bool fits(const Cell& cell, const Column& column, std::size_t row) const {
    if (cell.kind == Cell::Kind::null || column.is_null(row))
      return cell.kind == Cell::Kind::null && column.is_null(row);
    switch (column.type()) {
      case Type::utf8:
        return column.text(row) == cell.text;
      case Type::timestamp: {
        const auto moment = parse_moment(cell.text);
        return moment && moment->at(start_).time_since_epoch().count() == column.integers()[row];
      }
      case Type::boolean:
        return cell.kind == Cell::Kind::boolean && column.boolean(row) == (cell.number != 0);
      case Type::int64:
        // By its text where that is exact: a double holds no large whole numbers.
        return cell.kind == Cell::Kind::number &&
               (cell.text == std::to_string(column.integers()[row]) ||
                near(cell.number, column.number(row)));
      case Type::float64:
        break;
    }
    return cell.kind == Cell::Kind::number && near(cell.number, column.number(row));
  }

  /// What differs; empty: nothing.
  [[nodiscard]] std::vector<Line> differences(const Row& row, const GotRow& got,
                                              const std::string& number) const {
    std::vector<Line> lines;
    if (row.time) {
      const Timestamp wanted = row.time->at(start_);
      const Column& time = got.batch->time();
      if (wanted.time_since_epoch().count() != got.batch->times()[got.row])
        lines.push_back({number, "time", to_text(wanted), text_of(time, got.row)});
    }
    for (const auto& [name, cell] : row.cells) {
      const Column* column = got.batch->find(name);
      if (column == nullptr) {
        if (cell.kind != Cell::Kind::null)
          lines.push_back({number, name, text_of(cell), no_column(name, *got.batch)});
      } else if (!fits(cell, *column, got.row)) {
        lines.push_back({number, name, text_of(cell), text_of(*column, got.row)});
      }
    }
    return lines;
  }

  static std::string no_column(const std::string& name, const Batch& batch) {
    std::vector<std::string> names;
    std::string all;
    for (const Column& column : batch.columns()) {
      names.push_back(column.name());
      all += (all.empty() ? "" : ", ") + column.name();
    }
    return "(no such column; " + config::did_you_mean(name, names, "there are " + all) + ")";
  }

  void compare_in_order(const std::vector<Row>& wanted) {
    std::vector<Line> lines;
    std::size_t differ = 0;
    config::Place place = expected_.place;
    const std::size_t most = std::max(wanted.size(), rows_.size());
    for (std::size_t i = 0; i < most; ++i) {
      const std::string number = std::to_string(i + 1);
      std::vector<Line> own;
      if (i >= rows_.size()) {
        own.push_back({number, "", text_of(wanted[i], start_), "(no row)"});
      } else if (i >= wanted.size()) {
        own.push_back({number, "", "(no row)", text_of(rows_[i])});
      } else {
        own = differences(wanted[i], rows_[i], number);
      }
      if (own.empty()) continue;
      if (differ == 0 && i < wanted.size()) place = wanted[i].place;
      if (++differ <= most_shown) lines.insert(lines.end(), own.begin(), own.end());
    }
    if (differ == 0) return;
    say(place, std::to_string(differ) + " of " + std::to_string(most) + " rows differ", lines);
  }

  void compare_any_order(const std::vector<Row>& wanted) {
    std::vector<bool> used(rows_.size(), false);
    std::vector<Line> lines;
    std::size_t missing = 0;
    config::Place place = expected_.place;
    for (const Row& row : wanted) {
      std::size_t at = 0;
      while (at < rows_.size() && (used[at] || !differences(row, rows_[at], "").empty())) ++at;
      if (at < rows_.size()) {
        used[at] = true;
        continue;
      }
      if (missing++ == 0) place = row.place;
      if (missing <= most_shown) lines.push_back({"", "", text_of(row, start_), "(no such row)"});
    }
    std::size_t more = 0;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      if (!used[i] && ++more <= most_shown)
        lines.push_back({std::to_string(i + 1), "", "(not expected)", text_of(rows_[i])});
    }
    if (missing + more == 0) return;
    say(place,
        std::to_string(missing) + " expected rows are missing, " + std::to_string(more) +
            " others came",
        lines);
  }

  void find_all(const std::vector<Row>& wanted) {
    std::size_t at = 0;
    for (const Row& row : wanted) {
      std::size_t next = at;
      while (next < rows_.size() && !differences(row, rows_[next], "").empty()) ++next;
      if (next < rows_.size()) {
        at = next + 1;
        continue;
      }
      std::vector<Line> lines{{"", "", text_of(row, start_), "(not found)"}};
      for (std::size_t i = at; i < rows_.size() && i < at + most_shown; ++i)
        lines.push_back({std::to_string(i + 1), "", "", text_of(rows_[i])});
      say(row.place, "a row is missing among the " + std::to_string(rows_.size()) + " that came",
          lines);
      return;
    }
  }

  void check_columns(const std::vector<Row>& wanted) {
    std::set<std::string> named;
    for (const Row& row : wanted) {
      for (const auto& [name, cell] : row.cells) named.insert(name);
    }
    std::set<std::string> more;
    for (const GotRow& got : rows_) {
      for (const Column& column : got.batch->columns()) {
        if (column.role() != Role::time && !named.contains(column.name()))
          more.insert(column.name());
      }
    }
    if (more.empty()) return;
    std::string all;
    for (const std::string& name : more) all += (all.empty() ? "" : ", ") + name;
    say(expected_.place, "columns came that no row names: " + all, {});
  }

  const Expectation& expected_;
  Timestamp start_;
  std::vector<GotRow> rows_;
  std::vector<Difference> found_;
};

}  // namespace

std::vector<Difference> compare(const Expectation& expected, const std::vector<Batch>& got,
                                Timestamp start) {
  return Comparison(expected, got, start).run();
}

}  // namespace weir::core::pipelinetest
