// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <weir/node.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "decoder.hpp"
#include "options.hpp"
#include "position.hpp"
#include "text_file.hpp"

namespace weir::file_source {

/// Reads rows from files, one file after the other, and ends.
class FileSource {
 public:
  static constexpr auto name = "file-source";
  static constexpr auto summary = "Reads rows from CSV, JSON lines or line protocol files.";
  static constexpr std::string_view details =
      "The types of columns are learned from the first rows (up to `batch_rows`, or 1 MiB); a "
      "later "
      "row that does not fit, has no usable time or is malformed goes to `rejected` with the "
      "reason. "
      "InfluxDB's annotated CSV is recognised by its first line.";
  static constexpr auto outputs =
      std::array{port("out", "The rows; one batch for each measurement"),
                 port(rejected_port, "Rows that cannot be used: path, line, text, reason")};

  using Options = file_source::Options;
  Options options;

  /// Throws Fatal for a file that is not there or options that cannot be meant.
  void open(Context& context);
  /// One batch a call, more only where a file holds several measurements.
  Next produce(Output& output);

  /// With `resume`: how far the rows are stored.
  void acknowledge(std::span<const std::uint64_t> tokens) { progress_.acknowledge(tokens); }
  /// RetryLater: nothing is stored yet, or `resume` is not asked for.
  [[nodiscard]] std::string save_state() const;
  /// Goes on there. Throws Error if the file is another by now.
  void load_state(std::uint32_t version, std::string_view bytes);

 private:
  void open_next();
  void begin_file();
  void learn_again(std::uint64_t until);
  /// Whether there is enough to pass on.
  bool take();
  void emit(Output& output);
  void skip_long_row();

  Context* context_ = nullptr;
  std::vector<std::string> files_;
  std::size_t next_file_ = 0;
  std::unique_ptr<TextFile> file_;
  std::unique_ptr<rows::Decoder> decoder_;
  bool skipping_ = false;
  std::uint64_t learned_ = 0;  // of this file: the types were learned from what stands before
  Progress progress_;
};

}  // namespace weir::file_source
