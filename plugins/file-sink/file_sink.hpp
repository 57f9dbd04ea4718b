// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <weir/node.hpp>
#include <weir/options.hpp>

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "csv_encoder.hpp"
#include "file_format.hpp"
#include "line_protocol_encoder.hpp"
#include "output_file.hpp"

namespace weir::file_sink {

using Format = rows::FileFormat;

/// The path for a measurement: `{measurement}` replaced by its name, in which what could lead to
/// another folder (slashes, a leading dot, control characters) becomes '_'. Pure.
[[nodiscard]] std::string path_for(const std::string& path, std::string_view measurement);

/// Writes rows to files.
class FileSink {
 public:
  static constexpr auto name = "file-sink";
  static constexpr auto summary = "Writes rows to CSV, JSON lines or line protocol files.";
  static constexpr std::string_view details =
      "A CSV file holds one measurement: put `{measurement}` into `path` for several. Times are "
      "RFC "
      "3339 (line protocol: nanoseconds), nulls are left out, values of scaled columns are written "
      "as "
      "physical values.";
  static constexpr auto outputs =
      std::array{port(rejected_port, "Rows that the format cannot say, with the reason")};

  struct Options {
    std::string path;
    Format format = Format::automatic;
    bool append = true;
    bool sync = false;
    static constexpr auto fields = std::tuple{
        field(
            &Options::path, "path",
            "File to write; `-` is standard output; `{measurement}` gives each measurement a file")
            .required()
            .min(1),
        field(&Options::format, "format",
              "What to write; auto: by the end of the file's name (csv, jsonl, ndjson, json, lp, "
              "line, influx)"),
        field(&Options::append, "append", "Keep what the file holds; false: begin anew"),
        field(&Options::sync, "sync", "Rows count as stored when the disk has them (fdatasync)")};
  } options;

  /// Throws Fatal where the file cannot be written or the name does not tell its format.
  void open(Context& context);
  void consume(const Batch& batch, Output& output);
  void flush();
  void finish(Reason reason);

 private:
  struct Target {
    OutputFile file;
    std::optional<rows::CsvEncoder> csv;
    std::string measurement;  ///< CSV: of its rows, once known
  };

  Target& target_for(const Batch& batch);
  void encode_csv(Target& target, const Batch& batch);
  void encode_line_protocol(Target& target, const Batch& batch, Output& output);

  Context* context_ = nullptr;
  Format format_ = Format::jsonl;
  std::map<std::string, std::unique_ptr<Target>> targets_;
  rows::LineProtocolEncoder line_protocol_;
  std::vector<std::size_t> ends_;
};

}  // namespace weir::file_sink
