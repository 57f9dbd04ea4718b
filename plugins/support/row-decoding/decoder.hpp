// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Text in, batches out: what the readers of all formats have in common.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>
#include <weir/batch.hpp>

#include "rejections.hpp"
#include "time_text.hpp"

namespace weir::rows {

/// A column that the pipeline asked for.
struct FieldWish {
  std::string name;
  std::optional<Type> type;  ///< nullopt: learned from the rows
};

/// What the pipeline says about a file.
struct RowFormat {
  std::string measurement;
  std::string time_column = "time";
  TimeFormat time_format = TimeFormat::automatic;
  std::vector<std::string> tags;
  std::vector<FieldWish> fields;    ///< empty: all columns that are no tag
  std::size_t learn_rows = 8192;    ///< types are learned from this many rows
  char delimiter = ',';             ///< CSV
  std::vector<std::string> header;  ///< CSV without a header line: the names of its columns
};

/// Reads one text from beginning to end.
class Decoder {
 public:
  /// Bytes behind the text that must be readable, for readers that look at many bytes at once.
  static constexpr std::size_t padding = 64;

  Decoder() = default;
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;
  virtual ~Decoder() = default;

  /// Takes whole records from the front of `text` until `most` rows are ready or rejected, and
  /// returns how many bytes that were; 0: not one whole record. `last`: nothing follows the text,
  /// so that what stands at its end is a record even without a line end. Throws Fatal where the
  /// text as a whole is unusable (a CSV header without the time column).
  virtual std::size_t take(std::string_view text, bool last, std::size_t most) = 0;
  /// The rows that are ready, a batch for each measurement.
  [[nodiscard]] virtual std::vector<Batch> build() = 0;
  /// Rows that build would give.
  [[nodiscard]] virtual std::size_t ready() const = 0;
  /// A record that is too long was left out; `text` is its beginning.
  void skip(std::string_view text, std::size_t lines, const std::string& reason) {
    rejections_.add(text, reason);
    rejections_.advance(lines);
  }

  [[nodiscard]] Rejections& rejections() { return rejections_; }

 protected:
  Rejections rejections_;
};

[[nodiscard]] std::unique_ptr<Decoder> make_json_lines_decoder(RowFormat format);
[[nodiscard]] std::unique_ptr<Decoder> make_csv_decoder(RowFormat format);
/// The annotated CSV of InfluxDB's queries and exports: rows of one field each become rows of all.
[[nodiscard]] std::unique_ptr<Decoder> make_annotated_csv_decoder(RowFormat format);
/// InfluxDB line protocol; measurement, tags and fields come from the lines.
[[nodiscard]] std::unique_ptr<Decoder> make_line_protocol_decoder(RowFormat format);

}  // namespace weir::rows
