// SPDX-License-Identifier: Apache-2.0
#include "core/runtime/row_text.hpp"

#include "weir/units.hpp"

namespace weir::core::runtime {
namespace {

void add_value(JsonText& json, const Column& column, std::size_t row) {
  switch (column.type()) {
    case Type::timestamp:
      json.value(to_text(Timestamp{Duration{column.integers()[row]}}));
      break;
    case Type::float64:
      json.value(column.doubles()[row]);
      break;
    case Type::int64:
      json.value(column.integers()[row]);
      break;
    case Type::boolean:
      json.value(column.boolean(row));
      break;
    case Type::utf8:
      json.value(column.text(row));
      break;
  }
}

}  // namespace

void add_columns(JsonText& json, const Batch& batch, std::size_t row) {
  for (const Column& column : batch.columns()) {
    if (column.is_null(row)) continue;
    json.key(column.name());
    add_value(json, column, row);
  }
}

std::string row_text(const Batch& batch, std::size_t row) {
  JsonText json;
  json.begin_object();
  add_columns(json, batch, row);
  json.key("weir.measurement").value(batch.measurement());
  return json.end_object().take();
}

}  // namespace weir::core::runtime
