// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The node: what a store holds, as it went in. What it does stands in README.md.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include <weir/node.hpp>
#include <weir/options.hpp>

#include "measurement_reader.hpp"

namespace weir::sqlite_source {

class SqliteSource {
 public:
  static constexpr auto name = "sqlite-source",
                        summary = "Reads back what sqlite-sink stored, and ends.";
  static constexpr std::string_view details =
      "Measurements come one after the other, each in the order of time, with the types, units and "
      "tags that they were stored with. A store or measurement that is not there yet is an empty "
      "history. The file is only read, also while the sink writes.";

  struct Options {
    std::string path;
    std::vector<std::string> measurements{"*"};
    std::vector<std::string> wanted_fields{"*"};
    TagFilter tags;
    std::optional<Timestamp> since;
    std::optional<Duration> last;
    std::int64_t batch_rows = 4096;
    static constexpr auto fields = std::tuple{
        field(&Options::path, "path", "The file that sqlite-sink writes").required().min(1),
        field(&Options::measurements, "measurements", "Names or patterns of measurements"),
        field(&Options::wanted_fields, "fields", "Names or patterns of fields"),
        field(&Options::tags, "tags", "Only series whose tags fit these patterns, by name of tag"),
        field(&Options::since, "since", "Only rows of this time or later"),
        field(&Options::last, "last", "Only rows that are not older than this, counted from now")
            .min(Duration{1}),
        field(&Options::batch_rows, "batch_rows", "Rows that go on together")
            .range(1, 1'000'000)
            .unit("rows")};
  } options;

  /// Throws Fatal for a file that is no store. A file that is not there is an empty history.
  void open(Context& context);
  /// One batch a call.
  [[nodiscard]] Next produce(Output& output);

 private:
  void open_store();
  void choose_measurements();
  /// Nothing left: false.
  bool open_next();

  Context* context_ = nullptr;
  std::int64_t since_ = 0;
  std::unique_ptr<sqlite_store::Database> database_;
  std::vector<std::string> chosen_;
  std::size_t next_ = 0;
  std::optional<MeasurementReader> reader_;
};

}  // namespace weir::sqlite_source
