// SPDX-License-Identifier: Apache-2.0
#include "example_source.hpp"

#include <fstream>

std::variant<weir::Batch, weir::Wait, weir::End> ExampleSource::produce(weir::Context& context) {
  const weir::Timestamp now = context.now();
  if (now < due_) return weir::Wait{due_};
  due_ = now + options.interval;

  std::ifstream file(options.path);
  double one = 0;
  double five = 0;
  double fifteen = 0;
  if (!(file >> one >> five >> fifteen)) {
    throw weir::Error(options.path + " does not begin with three loads");
  }

  weir::BatchBuilder rows("load");
  const auto load_1m = rows.field<double>("load_1m");
  const auto load_5m = rows.field<double>("load_5m");
  const auto load_15m = rows.field<double>("load_15m");
  rows.row(now.time_since_epoch().count())
      .set(load_1m, one)
      .set(load_5m, five)
      .set(load_15m, fifteen);
  return rows.build();
}

WEIR_PLUGIN("0.1.0", ExampleSource)
