// SPDX-License-Identifier: Apache-2.0
#include "row_builder.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "number_text.hpp"

namespace weir::rows {
namespace {

bool same_word(std::string_view text, std::string_view lower) {
  return std::equal(text.begin(), text.end(), lower.begin(), lower.end(), [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? static_cast<char>(a + ('a' - 'A')) : a) == b;
  });
}

bool has_leading_zero(std::string_view text) {
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
  return text.size() > 1 && text.front() == '0' && text[1] >= '0' && text[1] <= '9';
}

constexpr unsigned bit(Look look) { return 1U << static_cast<unsigned>(look); }

std::optional<Type> type_of(unsigned looks) {
  looks &= ~bit(Look::nothing);
  if (looks == 0) return std::nullopt;
  if (looks == bit(Look::integer)) return Type::int64;
  if ((looks & ~(bit(Look::integer) | bit(Look::number))) == 0) return Type::float64;
  return looks == bit(Look::boolean) ? Type::boolean : Type::utf8;
}

/// The time column is called "time" in every batch, whatever the file calls it.
std::string_view name_in_batch(std::string_view name) {
  return name == "time" ? "time_value" : name;
}

ColumnInfo info_of(std::string name, Type type, Role role) {
  return {.name = std::move(name), .type = type, .role = role, .unit = "", .metadata = {}};
}

}  // namespace

bool means_missing(std::string_view text) {
  if (text.size() > 9) return false;
  for (const char* word : {"", "null", "nan", "na", "n/a", "none", "-", "inf", "-inf", "+inf",
                           "infinity", "-infinity"}) {
    if (same_word(text, word)) return true;
  }
  return false;
}

Cell look_at(std::string_view text) {
  Cell cell;
  cell.text = text;
  if (text.empty()) return cell;
  cell.look = Look::text;
  const char first = text.front();
  if ((first >= '0' && first <= '9') || first == '-' || first == '+' || first == '.') {
    if (has_leading_zero(text)) return cell;
    if (const auto integer = parse_integer(text)) {
      cell.look = Look::integer;
      cell.integer = *integer;
      cell.number = static_cast<double>(*integer);
    } else if (const auto number = parse_double(text)) {
      cell.look = Look::number;
      cell.number = *number;
    }
  } else if (same_word(text, "true") || same_word(text, "false")) {
    cell.look = Look::boolean;
    cell.boolean = text.size() == 4;
  }
  return cell;
}

RowBuilder::RowBuilder(RowFormat format)
    : format_(std::move(format)), time_parser_(format_.time_format) {}

const FieldWish* RowBuilder::wish(std::string_view name) const {
  const auto at = std::find_if(format_.fields.begin(), format_.fields.end(),
                               [&](const FieldWish& wish) { return wish.name == name; });
  return at == format_.fields.end() ? nullptr : &*at;
}

bool RowBuilder::is_tag(std::string_view name) const {
  return std::find(format_.tags.begin(), format_.tags.end(), name) != format_.tags.end();
}

void RowBuilder::observe(std::string_view name, Look look) {
  if (name == format_.time_column || is_tag(name)) return;
  if (!format_.fields.empty() && wish(name) == nullptr) return;
  // The columns of a row mostly follow each other as in the row before.
  if (next_seen_ >= seen_.size() || seen_[next_seen_].name != name) {
    const auto at = std::find_if(seen_.begin(), seen_.end(),
                                 [&](const Seen& seen) { return seen.name == name; });
    next_seen_ = static_cast<std::size_t>(at - seen_.begin());
    if (at == seen_.end() && seen_.size() + format_.tags.size() + 1 >= most_columns) return;
    if (at == seen_.end()) seen_.push_back({std::string(name)});
  }
  seen_[next_seen_++].looks |= bit(look);
}

void RowBuilder::learn() {
  learned_ = true;
  columns_.emplace_back(ColumnInfo{
      .name = "time", .type = Type::timestamp, .role = Role::time, .unit = "ns", .metadata = {}});
  for (const std::string& tag : format_.tags)
    columns_.emplace_back(info_of(tag, Type::utf8, Role::tag));
  for (const Seen& seen : seen_) {
    const FieldWish* wished = wish(seen.name);
    const auto type = wished != nullptr && wished->type ? wished->type : type_of(seen.looks);
    if (type)
      columns_.emplace_back(info_of(std::string(name_in_batch(seen.name)), *type, Role::field));
  }
  for (const FieldWish& wished : format_.fields) {
    if (wished.type && find(wished.name) == unknown) {
      columns_.emplace_back(
          info_of(std::string(name_in_batch(wished.name)), *wished.type, Role::field));
    }
  }
}

std::size_t RowBuilder::find(std::string_view name, std::size_t hint) const {
  if (name == format_.time_column) return 0;
  const std::string_view there = name_in_batch(name);
  if (hint > 0 && hint < columns_.size() && columns_[hint].info().name == there) return hint;
  for (std::size_t i = 1; i < columns_.size(); ++i) {
    if (columns_[i].info().name == there) return i;
  }
  return format_.fields.empty() || wish(name) != nullptr ? unknown : ignored;
}

std::size_t RowBuilder::add(std::string_view name, Look look) {
  const FieldWish* wished = wish(name);
  std::optional<Type> type = wished == nullptr ? std::nullopt : wished->type;
  if (!type) type = look == Look::integer ? Type::float64 : type_of(bit(look));
  return add(info_of(std::string(name), type.value_or(Type::utf8), Role::field));
}

std::size_t RowBuilder::add(ColumnInfo info) {
  if (columns_.size() >= most_columns) {
    reason_ = "more than " + std::to_string(most_columns) + " columns";
    return unknown;
  }
  info.name = name_in_batch(info.name);
  columns_.emplace_back(std::move(info));
  columns_.back().append_nulls(rows_);
  return columns_.size() - 1;
}

bool RowBuilder::fail(const ColumnBuilder& column, const Cell& cell) {
  const std::string value(cell.text.substr(0, 40));
  if (column.info().role == Role::time) {
    reason_ = "column '" + format_.time_column + "': '" + value + "' is no time; see time_format";
  } else {
    reason_ = "column '" + column.info().name + "' holds " +
              std::string(to_string(column.info().type)) + ", not '" + value +
              "'; to change that, name it in fields with its type";
  }
  return false;
}

bool RowBuilder::put_time(std::int64_t time) {
  columns_.front().append(time);
  return true;
}

bool RowBuilder::put(std::size_t column, const Cell& cell) {
  ColumnBuilder& builder = columns_[column];
  if (builder.size() > rows_) {
    reason_ = "column '" + (column == 0 ? format_.time_column : builder.info().name) +
              "' stands twice in the row";
    return false;
  }
  if (column == 0) {
    const auto time = time_parser_.parse(cell.text);
    return time ? put_time(*time) : fail(builder, cell);
  }
  if (cell.look == Look::nothing) {
    builder.append_null();
    return true;
  }
  return put_value(builder, cell) || fail(builder, cell);
}

bool RowBuilder::put_value(ColumnBuilder& column, const Cell& cell) {
  switch (column.info().type) {
    case Type::utf8:
      column.append(cell.text);
      return true;
    case Type::boolean:
      if (cell.look == Look::boolean) {
        column.append(cell.boolean);
        return true;
      }
      break;
    case Type::float64:
      if (cell.look == Look::integer || cell.look == Look::number) {
        column.append(cell.number);
        return true;
      }
      break;
    default:
      if (cell.look == Look::integer) {
        column.append(cell.integer);
        return true;
      }
      if (cell.look == Look::number && std::fabs(cell.number) < 9e15 &&
          cell.number == std::floor(cell.number)) {
        column.append(static_cast<std::int64_t>(cell.number));
        return true;
      }
      break;
  }
  if (cell.look != Look::text || !means_missing(cell.text)) return false;
  column.append_null();
  return true;
}

bool RowBuilder::end_row() {
  if (columns_.front().size() == rows_) {
    drop_row();
    reason_ =
        "there is no '" + format_.time_column + "'; name the column of the time in time_column";
    return false;
  }
  ++rows_;
  for (ColumnBuilder& column : columns_) {
    if (column.size() < rows_) column.append_null();
  }
  return true;
}

void RowBuilder::drop_row() {
  for (ColumnBuilder& column : columns_) column.truncate(rows_);
}

Batch RowBuilder::build() {
  const std::size_t rows = std::exchange(rows_, 0);
  std::vector<Column> built;
  built.reserve(columns_.size());
  for (ColumnBuilder& column : columns_) {
    built.push_back(column.build());
    column.reserve(rows);
  }
  return {format_.measurement, std::move(built)};
}

}  // namespace weir::rows
