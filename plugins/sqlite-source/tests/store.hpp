// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Writes with the sink, reads with the source.

#include <string>
#include <vector>

#include <weir/testing.hpp>

#include "sqlite_sink.hpp"
#include "sqlite_source.hpp"
#include "testing/scratch.hpp"

namespace weir::sqlite_source {

using sqlite_store::Scratch;

inline void store(const std::string& path, const std::vector<Batch>& batches) {
  testing::Bench<sqlite_sink::SqliteSink> sink({{"path", path}});
  for (const Batch& batch : batches) sink.process(batch);
  sink.flush().finish();
}

/// All batches until the source ends.
template <class Bench>
std::vector<Batch> read_all(Bench& source) {
  while (!std::holds_alternative<End>(source.produce())) continue;
  return source.take();
}

inline std::vector<Batch> read(testing::OptionTexts options, const std::string& path,
                               Timestamp now = Timestamp{}) {
  options.emplace_back("path", path);
  testing::Bench<SqliteSource> source(options, {}, now);
  return read_all(source);
}

/// Rows at first, first + 1, … of one series, `v` counting along.
inline Batch counting(std::int64_t first, std::int64_t rows, const std::string& measurement = "m",
                      const std::string& host = "a") {
  BatchBuilder builder(measurement);
  const auto tag = builder.tag("host");
  const auto value = builder.field<std::int64_t>("v");
  for (std::int64_t i = first; i < first + rows; ++i) builder.row(i).set(tag, host).set(value, i);
  return builder.build();
}

}  // namespace weir::sqlite_source
