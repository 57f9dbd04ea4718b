// SPDX-License-Identifier: Apache-2.0
#include "table_reader.hpp"

#include <cmath>

namespace weir::png_plotter {

namespace {

constexpr double kNanosecond = 1e-9;

Column read_column(const weir::Column& source) {
  Column column;
  column.name = source.name();
  column.unit = source.unit();
  column.is_tag = source.role() == Role::tag;
  column.is_clock = source.type() == Type::timestamp;
  const auto& metadata = source.info().metadata;
  if (const auto field = metadata.find("weir.field"); field != metadata.end()) {
    column.field = field->second;
  }
  for (std::size_t row = 0; row < source.size(); ++row) {
    if (source.type() == Type::utf8) {
      column.texts.emplace_back(source.text(row));
    } else {
      const double value =
          column.is_clock ? source.number(row) * kNanosecond : source.physical(row);
      column.numbers.push_back(std::isfinite(value) ? value : kMissing);
    }
  }
  return column;
}

}  // namespace

Table read_table(const Batch& batch) {
  Table table;
  table.measurement = batch.measurement();
  for (const std::int64_t time : batch.times()) {
    table.time.push_back(static_cast<double>(time) * kNanosecond);
  }
  for (const weir::Column& source : batch.columns()) {
    if (source.role() != Role::time) table.columns.push_back(read_column(source));
  }
  return table;
}

}  // namespace weir::png_plotter
