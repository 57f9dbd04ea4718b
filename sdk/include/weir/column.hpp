// SPDX-License-Identifier: Apache-2.0
#pragma once
/// One column of a batch: immutable, typed, shared by reference.

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "error.hpp"

namespace weir {

enum class Type : std::uint8_t { timestamp, float64, int64, boolean, utf8 };
enum class Role : std::uint8_t { time, tag, field };

[[nodiscard]] constexpr std::string_view to_string(Type type) {
  constexpr std::string_view names[] = {"timestamp", "float64", "int64", "boolean", "utf8"};
  return names[static_cast<std::size_t>(type)];
}

/// What a column is, apart from its values.
struct ColumnInfo {
  std::string name{};
  Type type = Type::float64;
  Role role = Role::field;
  std::string unit{};  ///< "ms", "Mbit/s", "%"; empty: none or unknown
  double scale = 1;    ///< physical value = stored value * scale + offset
  double offset = 0;
  std::map<std::string, std::string> metadata{};  ///< other keys, carried along

  bool operator==(const ColumnInfo&) const = default;
};

namespace detail {
[[nodiscard]] inline bool bit(const std::uint8_t* bits, std::size_t index) {
  return ((bits[index >> 3U] >> (index & 7U)) & 1U) != 0;
}
}  // namespace detail

/// A view of values with shared ownership. Cheap to copy and to slice; safe to read from any
/// thread.
class Column {
 public:
  /// Buffers of Arrow's layout: `validity` (bitmap, may be null: no nulls), `values` (int64,
  /// double, bitmap for bool, or bytes for text) and `offsets` (text only, length + 1 entries).
  /// `first` is the index of row 0 in them. `owner` keeps them alive.
  struct Buffers {
    std::shared_ptr<const void> owner;
    const std::uint8_t* validity = nullptr;
    const void* values = nullptr;
    const std::int32_t* offsets = nullptr;
    std::size_t first = 0;
    std::size_t length = 0;
  };

  Column() = default;
  Column(std::shared_ptr<const ColumnInfo> info, Buffers buffers)
      : info_(std::move(info)), buffers_(std::move(buffers)) {}

  [[nodiscard]] const ColumnInfo& info() const { return *info_; }
  [[nodiscard]] const std::string& name() const { return info_->name; }
  [[nodiscard]] const std::string& unit() const { return info_->unit; }
  [[nodiscard]] Type type() const { return info_->type; }
  [[nodiscard]] Role role() const { return info_->role; }
  [[nodiscard]] std::size_t size() const { return buffers_.length; }
  [[nodiscard]] const Buffers& buffers() const { return buffers_; }

  [[nodiscard]] bool valid(std::size_t row) const {
    return buffers_.validity == nullptr || detail::bit(buffers_.validity, buffers_.first + row);
  }
  [[nodiscard]] bool is_null(std::size_t row) const { return !valid(row); }
  [[nodiscard]] std::size_t null_count() const {
    if (buffers_.validity == nullptr) return 0;
    std::size_t nulls = 0;
    for (std::size_t row = 0; row < size(); ++row) nulls += valid(row) ? 0U : 1U;
    return nulls;
  }

  /// Values as they lie in memory; what stands at a null row has no meaning. Error on another type.
  [[nodiscard]] std::span<const double> doubles() const {
    expect(Type::float64);
    return {static_cast<const double*>(buffers_.values) + buffers_.first, size()};
  }
  [[nodiscard]] std::span<const std::int64_t> integers() const {
    if (type() != Type::timestamp) expect(Type::int64);
    return {static_cast<const std::int64_t*>(buffers_.values) + buffers_.first, size()};
  }
  [[nodiscard]] bool boolean(std::size_t row) const {
    expect(Type::boolean);
    return detail::bit(static_cast<const std::uint8_t*>(buffers_.values), buffers_.first + row);
  }
  /// Empty for a null.
  [[nodiscard]] std::string_view text(std::size_t row) const {
    expect(Type::utf8);
    if (!valid(row)) return {};
    const std::int32_t* at = buffers_.offsets + buffers_.first + row;
    return {static_cast<const char*>(buffers_.values) + at[0],
            static_cast<std::size_t>(at[1] - at[0])};
  }

  [[nodiscard]] bool numeric() const { return type() != Type::utf8 && type() != Type::timestamp; }
  /// The stored value of a numeric column as a double (bool: 0 or 1); NaN for a null.
  [[nodiscard]] double number(std::size_t row) const {
    if (!valid(row)) return std::numeric_limits<double>::quiet_NaN();
    switch (type()) {
      case Type::float64:
        return doubles()[row];
      case Type::boolean:
        return boolean(row) ? 1 : 0;
      default:
        return static_cast<double>(integers()[row]);
    }
  }
  /// number() in the column's unit: what a scaler did is undone.
  [[nodiscard]] double physical(std::size_t row) const {
    return number(row) * info_->scale + info_->offset;
  }

  /// Rows [first, first + count), sharing the buffers.
  [[nodiscard]] Column slice(std::size_t first, std::size_t count) const {
    Column part = *this;
    part.buffers_.first += std::min(first, size());
    part.buffers_.length = std::min(count, size() - std::min(first, size()));
    return part;
  }
  /// The same values under another description, whose type must be the same.
  [[nodiscard]] Column with_info(ColumnInfo info) const {
    if (info.type != type())
      throw Error("column '" + name() + "': with_info cannot change the type");
    return {std::make_shared<const ColumnInfo>(std::move(info)), buffers_};
  }
  [[nodiscard]] Column renamed(std::string name) const {
    ColumnInfo info = *info_;
    info.name = std::move(name);
    return with_info(std::move(info));
  }

  /// Equal description and values.
  friend bool operator==(const Column& left, const Column& right) {
    if (left.info() != right.info() || left.size() != right.size()) return false;
    for (std::size_t row = 0; row < left.size(); ++row) {
      if (left.valid(row) != right.valid(row)) return false;
      if (left.valid(row) && !left.same_value(row, right)) return false;
    }
    return true;
  }

 private:
  void expect(Type wanted) const {
    if (type() == wanted) return;
    throw Error("column '" + name() + "' holds " + std::string(to_string(type())) + ", not " +
                std::string(to_string(wanted)));
  }
  [[nodiscard]] bool same_value(std::size_t row, const Column& other) const {
    switch (type()) {
      case Type::utf8:
        return text(row) == other.text(row);
      case Type::float64:
        return doubles()[row] == other.doubles()[row];
      case Type::boolean:
        return boolean(row) == other.boolean(row);
      default:
        return integers()[row] == other.integers()[row];
    }
  }

  std::shared_ptr<const ColumnInfo> info_;
  Buffers buffers_;
};

/// Gathers the values of one column. Append in row order, then build() once.
class ColumnBuilder {
 public:
  explicit ColumnBuilder(ColumnInfo info) : info_(std::move(info)) {
    if (info_.type == Type::utf8) store_.offsets.push_back(0);
  }

  [[nodiscard]] const ColumnInfo& info() const { return info_; }
  [[nodiscard]] std::size_t size() const { return rows_; }

  void reserve(std::size_t rows) {
    switch (info_.type) {
      case Type::float64:
        store_.doubles.reserve(rows);
        break;
      case Type::boolean:
        store_.bits.reserve(rows / 8 + 1);
        break;
      case Type::utf8:
        store_.offsets.reserve(rows + 1);
        break;
      default:
        store_.integers.reserve(rows);
        break;
    }
  }

  /// Any number into any numeric column; NaN and infinities become null, a fraction is cut off
  /// where the column holds integers. Throws Error for a number that does not fit in 64 bits.
  template <class Number>
  requires std::is_arithmetic_v<Number>
  void append(Number value) {
    if constexpr (std::is_floating_point_v<Number>) {
      if (!std::isfinite(value)) return append_null();
    }
    switch (info_.type) {
      case Type::float64:
        store_.doubles.push_back(static_cast<double>(value));
        break;
      case Type::boolean:
        push_bit(store_.bits, rows_, value != Number{});
        break;
      case Type::utf8:
        mismatch("a number");
      default:
        store_.integers.push_back(whole(value));
        break;
    }
    mark(true);
  }
  void append(std::string_view value) {
    if (info_.type != Type::utf8) mismatch("text");
    constexpr std::size_t most = std::numeric_limits<std::int32_t>::max();
    if (value.size() > most - store_.bytes.size()) {
      throw Error("column '" + info_.name +
                  "': more than 2 GiB of text in one batch; use smaller ones");
    }
    store_.bytes.insert(store_.bytes.end(), value.begin(), value.end());
    store_.offsets.push_back(static_cast<std::int32_t>(store_.bytes.size()));
    mark(true);
  }
  void append(const char* value) { append(std::string_view(value)); }
  void append_null() {
    switch (info_.type) {
      case Type::float64:
        store_.doubles.push_back(0);
        break;
      case Type::boolean:
        push_bit(store_.bits, rows_, false);
        break;
      case Type::utf8:
        store_.offsets.push_back(static_cast<std::int32_t>(store_.bytes.size()));
        break;
      default:
        store_.integers.push_back(0);
        break;
    }
    mark(false);
  }
  void append_nulls(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) append_null();
  }
  /// Row `row` of another column of the same type.
  void append_from(const Column& other, std::size_t row) {
    if (!other.valid(row)) return append_null();
    switch (other.type()) {
      case Type::utf8:
        return append(other.text(row));
      case Type::float64:
        return append(other.doubles()[row]);
      case Type::boolean:
        return append(other.boolean(row));
      default:
        return append(other.integers()[row]);
    }
  }

  /// Forgets all rows but the first `rows`: for a row that turns out to be unusable halfway.
  void truncate(std::size_t rows) {
    if (rows >= rows_) return;
    rows_ = rows;
    switch (info_.type) {
      case Type::float64:
        store_.doubles.resize(rows);
        break;
      case Type::boolean:
        cut_bits(store_.bits, rows);
        break;
      case Type::utf8:
        store_.offsets.resize(rows + 1);
        store_.bytes.resize(static_cast<std::size_t>(store_.offsets.back()));
        break;
      default:
        store_.integers.resize(rows);
        break;
    }
    if (!store_.validity.empty()) cut_bits(store_.validity, rows);
  }

  /// Moves all that was appended out; the builder is empty afterwards.
  [[nodiscard]] Column build() {
    auto store = std::make_shared<Store>(std::exchange(store_, {}));
    Column::Buffers buffers;
    buffers.length = std::exchange(rows_, 0);
    buffers.validity = store->validity.empty() ? nullptr : store->validity.data();
    switch (info_.type) {
      case Type::float64:
        buffers.values = store->doubles.data();
        break;
      case Type::boolean:
        buffers.values = store->bits.data();
        break;
      case Type::utf8:
        buffers.values = store->bytes.data();
        buffers.offsets = store->offsets.data();
        store_.offsets.push_back(0);
        break;
      default:
        buffers.values = store->integers.data();
        break;
    }
    buffers.owner = std::move(store);
    if (shared_info_ == nullptr || *shared_info_ != info_) {
      shared_info_ = std::make_shared<const ColumnInfo>(info_);
    }
    return {shared_info_, std::move(buffers)};
  }

 private:
  struct Store {
    std::vector<double> doubles;
    std::vector<std::int64_t> integers;
    std::vector<std::uint8_t> bits;
    std::vector<char> bytes;
    std::vector<std::int32_t> offsets;
    std::vector<std::uint8_t> validity;  // empty while there is no null
  };

  [[noreturn]] void mismatch(const char* what) const {
    throw Error("column '" + info_.name + "' holds " + std::string(to_string(info_.type)) +
                ", not " + what);
  }
  template <class Number>
  [[nodiscard]] std::int64_t whole(Number value) const {
    if constexpr (std::is_floating_point_v<Number>) {
      if (value < Number{-0x1p63} || value >= Number{0x1p63}) mismatch("a number beyond 64 bits");
    } else if constexpr (!std::is_same_v<Number, bool>) {
      if (!std::in_range<std::int64_t>(value)) mismatch("a number beyond 64 bits");
    }
    return static_cast<std::int64_t>(value);
  }
  static void push_bit(std::vector<std::uint8_t>& bits, std::size_t index, bool value) {
    if (index / 8 >= bits.size()) bits.push_back(0);
    if (value) bits[index / 8] = static_cast<std::uint8_t>(bits[index / 8] | (1U << (index % 8)));
  }
  static void cut_bits(std::vector<std::uint8_t>& bits, std::size_t count) {
    bits.resize((count + 7) / 8);
    if (count % 8 != 0)
      bits.back() = static_cast<std::uint8_t>(bits.back() & ((1U << (count % 8)) - 1));
  }
  void mark(bool valid) {
    if (store_.validity.empty() && !valid) {
      store_.validity.assign(rows_ / 8, 0xFF);
      if (rows_ % 8 != 0)
        store_.validity.push_back(static_cast<std::uint8_t>((1U << (rows_ % 8)) - 1));
      push_bit(store_.validity, rows_, false);
    } else if (!store_.validity.empty()) {
      push_bit(store_.validity, rows_, valid);
    }
    ++rows_;
  }

  ColumnInfo info_;
  std::shared_ptr<const ColumnInfo> shared_info_;
  Store store_;
  std::size_t rows_ = 0;
};

}  // namespace weir
