// SPDX-License-Identifier: Apache-2.0
#include "example_transform.hpp"

weir::Batch ExampleTransform::process(weir::Batch batch) {
  const weir::Column& column = batch.column(options.column);
  if (!column.numeric()) throw weir::Rejected("column '" + options.column + "' holds no numbers");

  weir::ColumnInfo info = column.info();
  info.name += "_smooth";
  info.type = weir::Type::float64;
  weir::ColumnBuilder smooth(info);
  for (std::size_t row = 0; row < batch.rows(); ++row) {
    if (!column.valid(row)) {
      smooth.append_null();
      continue;
    }
    const double value = column.number(row);
    average_ = average_ ? *average_ + options.weight * (value - *average_) : value;
    smooth.append(*average_);
  }
  return batch.with(smooth.build());
}

WEIR_PLUGIN("0.1.0", ExampleTransform)
