// SPDX-License-Identifier: Apache-2.0
#include "example_sink.hpp"

#include <iomanip>

namespace {

void write_cell(std::ostream& line, const weir::Column& column, std::size_t row) {
  if (column.is_null(row) || column.role() == weir::Role::time) return;
  line << ' ' << column.name() << '=';
  if (column.type() == weir::Type::utf8) {
    line << column.text(row);
  } else if (column.numeric()) {
    line << std::setprecision(15) << column.number(row);
  }
}

}  // namespace

void ExampleSink::open() {
  file_.open(options.path, std::ios::app);
  if (!file_) throw weir::Fatal(options.path + " cannot be opened for appending");
}

void ExampleSink::consume(const weir::Batch& batch) {
  for (std::size_t row = 0; row < batch.rows(); ++row) {
    const weir::Timestamp time{weir::Duration{batch.times()[row]}};
    lines_ << weir::to_text(time) << ' ' << batch.measurement();
    for (const weir::Column& column : batch.columns()) write_cell(lines_, column, row);
    lines_ << '\n';
  }
}

void ExampleSink::flush() {
  if (!(file_ << lines_.str() << std::flush)) {
    file_.clear();
    throw weir::RetryLater(options.path + " takes no more; is the disk full?");
  }
  lines_.str("");
}

WEIR_PLUGIN("0.1.0", ExampleSink)
