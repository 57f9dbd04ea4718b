// SPDX-License-Identifier: Apache-2.0
#include "core/plugin/batch_check.hpp"

#include <bit>
#include <cstring>
#include <string>
#include <string_view>

#include "core/plugin/library.hpp"
#include "core/plugin/utf8.hpp"
#include "weir/error.hpp"

namespace weir::core {
namespace {

[[noreturn]] void malformed(const std::string& what) { throw Error("malformed batch: " + what); }

void expect_bounded(std::int64_t value, std::int64_t most, const std::string& what) {
  if (value > most) {
    malformed(what + " " + std::to_string(value) + "; at most " + std::to_string(most) +
              " are taken");
  }
}

/// Lengths that import_batch would believe.
void check_sizes(const weir_batch& batch) {
  const ArrowArray& array = batch.array;
  expect_bounded(array.length, max_batch_rows, "rows");
  expect_bounded(array.offset, std::int64_t{1} << 40, "offset");
  if (array.children == nullptr || array.n_children < 0) return;  // import_batch says so
  for (std::int64_t i = 0; i < array.n_children && i < 65536; ++i) {
    if (array.children[i] == nullptr) continue;
    expect_bounded(array.children[i]->offset, std::int64_t{1} << 40,
                   "column " + std::to_string(i) + ": offset");
  }
}

void expect_utf8(std::string_view text, const std::string& what) {
  if (!is_utf8(text)) malformed(what + " is no UTF-8");
}

void check_info(const ColumnInfo& info) {
  expect_utf8(info.name, "the name of a column");
  const std::string column = "column '" + info.name + "'";
  expect_utf8(info.unit, column + ": its unit");
  for (const auto& [key, value] : info.metadata) {
    expect_utf8(key, column + ": its metadata");
    expect_utf8(value, column + ": its metadata");
  }
  if (info.role == Role::tag && info.type != Type::utf8) {
    malformed(column + " is a tag, but holds " + std::string(to_string(info.type)));
  }
  if (info.type == Type::timestamp && info.role != Role::time) {
    malformed(column + " holds timestamps, but is not the time column");
  }
}

/// One pass without branches over all values, so that a good column costs next to nothing; what
/// lies in null rows does not count, so only a hit is looked at closely.
void check_doubles(const Column& column) {
  constexpr std::uint64_t exponent = 0x7FF0'0000'0000'0000;
  const auto values = column.doubles();
  std::uint64_t hits = 0;
  for (const double value : values) {
    hits |=
        static_cast<std::uint64_t>((std::bit_cast<std::uint64_t>(value) & exponent) == exponent);
  }
  if (hits == 0) return;
  for (std::size_t row = 0; row < values.size(); ++row) {
    if (!std::isfinite(values[row]) && column.valid(row)) {
      malformed("column '" + column.name() + "', row " + std::to_string(row) + ": " +
                (std::isnan(values[row]) ? "NaN" : "an infinity") + " is no value; write a null");
    }
  }
}

/// All bytes at once; only if that fails, or if a character could lie across two rows, each row.
void check_text(const Column& column) {
  const Column::Buffers& buffers = column.buffers();
  if (buffers.length == 0) return;
  const std::int32_t* at = buffers.offsets + buffers.first;
  const std::string name = "column '" + column.name() + "'";
  expect_bounded(at[buffers.length] - std::int64_t{at[0]}, max_column_text,
                 name + ": bytes of text");
  const std::string_view all(static_cast<const char*>(buffers.values) + at[0],
                             static_cast<std::size_t>(at[buffers.length] - at[0]));
  if (is_ascii(all)) return;
  for (std::size_t row = 0; row < buffers.length; ++row) {
    if (column.valid(row) && !is_utf8(column.text(row))) {
      malformed(name + ", row " + std::to_string(row) + ": the text is no UTF-8");
    }
  }
}

}  // namespace

void check_values(const Batch& batch) {
  expect_utf8(batch.measurement(), "the measurement");
  for (const Column& column : batch.columns()) {
    check_info(column.info());
    if (column.type() == Type::float64) check_doubles(column);
    if (column.type() == Type::utf8) check_text(column);
  }
}

Batch import_checked(OwnedBatch from) {
  check_sizes(from.raw());
  Batch batch = import_batch(std::move(from));
  check_values(batch);
  return batch;
}

}  // namespace weir::core
