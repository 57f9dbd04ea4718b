// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The node: options in, rows into a Store. What it does stands in README.md.

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include <weir/node.hpp>
#include <weir/options.hpp>

#include "store.hpp"

namespace weir::sqlite_sink {

enum class Synchronous : std::uint8_t { normal, full };
[[nodiscard]] constexpr auto enum_names(Synchronous) {
  return std::array{std::pair{"normal", Synchronous::normal}, std::pair{"full", Synchronous::full}};
}

class SqliteSink {
 public:
  static constexpr auto name = "sqlite-sink",
                        summary = "Stores rows in an SQLite file, a table per measurement.";
  static constexpr std::string_view details =
      "Table `<measurement>` has `time` (ns), `series_id` and a column per field; "
      "`<measurement>_view` shows the "
      "same with the time as text and a column per tag. A row of a (time, series) that is there "
      "already overwrites "
      "the fields that it has values for. Scaled columns are stored as physical values.";
  static constexpr auto outputs = std::array{
      port(rejected_port, "Rows whose values do not fit the columns of the file, with `reason`")};

  struct Options {
    std::string path;
    Synchronous synchronous = Synchronous::normal;
    Duration busy_timeout = std::chrono::seconds(5);
    static constexpr auto fields = std::tuple{
        field(&Options::path, "path",
              "The file; it and the folders above it are made if they are not there")
            .required()
            .min(1),
        field(&Options::synchronous, "synchronous",
              "What a flush survives: normal, a crash of the program; full, a loss of power too"),
        field(&Options::busy_timeout, "busy_timeout",
              "How long another program's lock is waited for before the batch is tried again later")
            .range(Duration{0}, std::chrono::minutes(10))};
  } options;

  void open(Context& context);
  void consume(const Batch& batch, Output& output);
  void flush();

 private:
  Context* context_ = nullptr;
  std::unique_ptr<Store> store_;
};

}  // namespace weir::sqlite_sink
