// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The options of file-source, and what they mean for the reader of a file.

#include <weir/options.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "decoder.hpp"
#include "file_format.hpp"

namespace weir::file_source {

using Format = rows::FileFormat;

struct Options {
  std::string path;
  Format format = Format::automatic;
  std::string measurement;
  std::string time_column = "time";
  rows::TimeFormat time_format = rows::TimeFormat::automatic;
  std::vector<std::string> tags;
  std::vector<std::string> fields_wanted;
  std::string delimiter = ",";
  std::vector<std::string> header;
  std::int64_t batch_rows = 8192;
  Bytes max_line{1 << 20};
  bool resume = false;

  static constexpr auto fields = std::tuple{
      field(&Options::path, "path",
            "File to read; `-` is standard input, `*`, `?` and `[…]` match several")
          .required()
          .min(1),
      field(&Options::format, "format",
            "What the file holds; auto: by the end of its name (csv, tsv, jsonl, ndjson, json, lp, "
            "line, influx)"),
      field(&Options::measurement, "measurement",
            "Name of what the rows measure; default: the file's name without folder and ending"),
      field(&Options::time_column, "time_column", "Column that holds the time").min(1),
      field(
          &Options::time_format, "time_format",
          "How times are written; auto: RFC 3339, or a Unix time whose unit follows from its size"),
      field(&Options::tags, "tags", "Columns that identify a series"),
      field(&Options::fields_wanted, "fields",
            "Columns to read, each `name` or `name:float64|int64|bool|utf8`; default: all, with "
            "types learned from the first rows"),
      field(&Options::delimiter, "delimiter",
            "Character between the cells of a CSV row; `tab` too"),
      field(&Options::header, "header",
            "Names of the columns of a CSV file that has no header line"),
      field(&Options::batch_rows, "batch_rows", "Rows that go on together")
          .range(1, 1'000'000)
          .unit("rows"),
      field(&Options::max_line, "max_line", "Longest row; longer ones are rejected")
          .range(Bytes{4096}, Bytes{256 << 20}),
      field(&Options::resume, "resume",
            "A new run goes on behind the rows that every sink has stored; false: it begins anew")};
};

/// Throws Fatal for options that cannot be meant.
[[nodiscard]] rows::RowFormat row_format(const Options& options, const std::string& path);
/// Whether a file that begins so is InfluxDB's annotated CSV.
[[nodiscard]] bool is_annotated(std::string_view beginning);
/// The reader for a file that begins with `beginning`.
[[nodiscard]] std::unique_ptr<rows::Decoder> make_decoder(const Options& options,
                                                          const std::string& path,
                                                          std::string_view beginning);

}  // namespace weir::file_source
