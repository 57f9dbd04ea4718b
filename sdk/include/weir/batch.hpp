// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Rows that move together, and what builds them.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "column.hpp"
#include "error.hpp"

namespace weir {

/// A measurement, a time column and any tags and fields. Immutable: what changes a column returns a
/// new batch that shares all the others. Cheap to copy.
class Batch {
 public:
  Batch() = default;

  /// Checks that there is exactly one time column without nulls, that names are unique and that all
  /// columns have the same length; throws Error saying what is wrong.
  Batch(std::string measurement, std::vector<Column> columns)
      : measurement_(std::move(measurement)), columns_(std::move(columns)) {
    check();
  }

  [[nodiscard]] const std::string& measurement() const { return measurement_; }
  [[nodiscard]] std::size_t rows() const { return columns_.empty() ? 0 : columns_.front().size(); }
  [[nodiscard]] bool empty() const { return rows() == 0; }
  [[nodiscard]] std::span<const Column> columns() const { return columns_; }

  [[nodiscard]] const Column& time() const {
    if (columns_.empty()) throw Error("an empty batch has no time column");
    return columns_[time_];
  }
  /// Nanoseconds since 1970 UTC, one per row.
  [[nodiscard]] std::span<const std::int64_t> times() const { return time().integers(); }

  /// nullptr where there is none of that name.
  [[nodiscard]] const Column* find(std::string_view name) const {
    const auto at = std::find_if(columns_.begin(), columns_.end(),
                                 [&](const Column& column) { return column.name() == name; });
    return at == columns_.end() ? nullptr : &*at;
  }
  /// Throws Error naming the columns that there are.
  [[nodiscard]] const Column& column(std::string_view name) const {
    if (const Column* found = find(name)) return *found;
    std::string there;
    for (const Column& column : columns_) there += (there.empty() ? "" : ", ") + column.name();
    throw Error("'" + measurement_ + "' has no column '" + std::string(name) + "'; it has " +
                there);
  }

  /// The column in place of the one with its name, or after the others.
  [[nodiscard]] Batch with(Column column) const {
    std::vector<Column> columns = columns_;
    const auto at = std::find_if(columns.begin(), columns.end(),
                                 [&](const Column& old) { return old.name() == column.name(); });
    if (at == columns.end()) {
      columns.push_back(std::move(column));
    } else {
      *at = std::move(column);
    }
    return {measurement_, std::move(columns)};
  }
  [[nodiscard]] Batch without(std::string_view name) const {
    std::vector<Column> columns = columns_;
    std::erase_if(columns, [&](const Column& column) { return column.name() == name; });
    return {measurement_, std::move(columns)};
  }
  [[nodiscard]] Batch renamed(std::string measurement) const {
    return {std::move(measurement), columns_};
  }
  /// Rows [first, first + count), sharing the buffers.
  [[nodiscard]] Batch slice(std::size_t first, std::size_t count) const {
    std::vector<Column> columns;
    columns.reserve(columns_.size());
    for (const Column& column : columns_) columns.push_back(column.slice(first, count));
    return {measurement_, std::move(columns)};
  }
  /// The rows at these indices, copied.
  [[nodiscard]] Batch take(std::span<const std::size_t> rows) const {
    std::vector<Column> columns;
    columns.reserve(columns_.size());
    for (const Column& column : columns_) {
      ColumnBuilder builder(column.info());
      builder.reserve(rows.size());
      for (const std::size_t row : rows) builder.append_from(column, row);
      columns.push_back(builder.build());
    }
    return {measurement_, std::move(columns)};
  }
  /// True where a batch of the same measurement has the same column descriptions in the same order.
  [[nodiscard]] bool same_schema(const Batch& other) const {
    return measurement_ == other.measurement_ &&
           std::equal(columns_.begin(), columns_.end(), other.columns_.begin(),
                      other.columns_.end(),
                      [](const Column& a, const Column& b) { return a.info() == b.info(); });
  }

  friend bool operator==(const Batch& left, const Batch& right) {
    return left.measurement_ == right.measurement_ && left.columns_ == right.columns_;
  }

 private:
  void check() {
    std::optional<std::size_t> time;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const Column& column = columns_[i];
      if (column.size() != rows()) {
        throw Error("'" + measurement_ + "': column '" + column.name() + "' has " +
                    std::to_string(column.size()) + " rows, the first has " +
                    std::to_string(rows()));
      }
      for (std::size_t other = 0; other < i; ++other) {
        if (columns_[other].name() == column.name()) {
          throw Error("'" + measurement_ + "' has two columns '" + column.name() + "'");
        }
      }
      if (column.role() != Role::time) continue;
      if (time || column.type() != Type::timestamp || column.null_count() != 0) {
        throw Error("'" + measurement_ + "' needs one time column of timestamps without nulls");
      }
      time = i;
    }
    if (!time) throw Error("'" + measurement_ + "' has no time column");
    time_ = *time;
  }

  std::string measurement_;
  std::vector<Column> columns_;
  std::size_t time_ = 0;
};

/// Builds a batch row by row. What a row does not set is null.
///
///   BatchBuilder rows("icmp");
///   const auto target = rows.tag("target");
///   const auto rtt = rows.field<double>("rtt_ms", "ms");
///   rows.row(time).set(target, "10.0.0.1").set(rtt, 1.25);
///   return rows.build();
class BatchBuilder {
 public:
  /// Names a column of this builder.
  enum class Key : std::size_t {};

  class Row {
   public:
    template <class Value>
    Row& set(Key key, const Value& value) {
      builder_->cell(key).append(value);
      return *this;
    }
    /// An absent optional is a null.
    template <class Value>
    Row& set(Key key, const std::optional<Value>& value) {
      return value ? set(key, *value) : *this;
    }

   private:
    friend class BatchBuilder;
    explicit Row(BatchBuilder& builder) : builder_(&builder) {}
    BatchBuilder* builder_;
  };

  explicit BatchBuilder(std::string measurement) : measurement_(std::move(measurement)) {
    add({.name = "time", .type = Type::timestamp, .role = Role::time, .unit = "ns"});
  }

  Key tag(std::string name) {
    return add({.name = std::move(name), .type = Type::utf8, .role = Role::tag});
  }
  /// Value: double, std::int64_t, bool or std::string.
  template <class Value>
  Key field(std::string name, std::string unit = "") {
    return add({.name = std::move(name), .type = type_of<Value>(), .unit = std::move(unit)});
  }
  /// Columns come before rows, or are filled with nulls up to the present row.
  Key add(ColumnInfo info) {
    columns_.emplace_back(std::move(info));
    if (rows_ > 0) columns_.back().append_nulls(rows_ - 1);
    return Key{columns_.size() - 1};
  }

  /// Begins a row; `time` is in nanoseconds since 1970 UTC.
  Row row(std::int64_t time) {
    pad();
    ++rows_;
    columns_.front().append(time);
    return Row(*this);
  }

  [[nodiscard]] std::size_t rows() const { return rows_; }
  [[nodiscard]] bool empty() const { return rows_ == 0; }

  /// All rows so far; the builder keeps its columns and is empty afterwards.
  [[nodiscard]] Batch build() {
    pad();
    rows_ = 0;
    std::vector<Column> columns;
    columns.reserve(columns_.size());
    for (ColumnBuilder& column : columns_) columns.push_back(column.build());
    return {measurement_, std::move(columns)};
  }

 private:
  template <class Value>
  static constexpr Type type_of() {
    if constexpr (std::is_same_v<Value, bool>) {
      return Type::boolean;
    } else if constexpr (std::is_floating_point_v<Value>) {
      return Type::float64;
    } else if constexpr (std::is_integral_v<Value>) {
      return Type::int64;
    } else {
      static_assert(std::is_convertible_v<Value, std::string_view>, "double, int64, bool or text");
      return Type::utf8;
    }
  }
  ColumnBuilder& cell(Key key) {
    ColumnBuilder& column = columns_.at(static_cast<std::size_t>(key));
    if (column.size() >= rows_)
      throw Error("column '" + column.info().name + "' is set twice in a row");
    return column;
  }
  void pad() {
    for (ColumnBuilder& column : columns_) {
      if (column.size() < rows_) column.append_null();
    }
  }

  std::string measurement_;
  std::vector<ColumnBuilder> columns_;
  std::size_t rows_ = 0;
};

/// The rows of all, in order; they must have the same schema. Throws Error otherwise.
[[nodiscard]] inline Batch concatenate(std::span<const Batch> batches) {
  if (batches.empty()) return {};
  if (batches.size() == 1) return batches.front();
  std::vector<Column> columns;
  for (std::size_t i = 0; i < batches.front().columns().size(); ++i) {
    ColumnBuilder builder(batches.front().columns()[i].info());
    for (const Batch& batch : batches) {
      if (!batch.same_schema(batches.front())) {
        throw Error("batches of '" + batches.front().measurement() +
                    "' with different columns cannot be one");
      }
      for (std::size_t row = 0; row < batch.rows(); ++row)
        builder.append_from(batch.columns()[i], row);
    }
    columns.push_back(builder.build());
  }
  return {batches.front().measurement(), std::move(columns)};
}

}  // namespace weir
