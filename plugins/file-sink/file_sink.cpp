// SPDX-License-Identifier: Apache-2.0
#include "file_sink.hpp"

#include "csv_record.hpp"
#include "json_lines_encoder.hpp"

namespace weir::file_sink {
namespace {

constexpr std::string_view placeholder = "{measurement}";
constexpr std::size_t most_files = 256;
constexpr std::size_t enough = std::size_t{256} << 10U;  // bytes that are worth a write

}  // namespace

std::string path_for(const std::string& path, std::string_view measurement) {
  std::string name(measurement);
  for (char& c : name) {
    if (c == '/' || static_cast<unsigned char>(c) < 0x20) c = '_';
  }
  if (name.empty() || name.front() == '.') name.insert(0, "_");
  std::string out = path;
  for (std::size_t at = 0; (at = out.find(placeholder, at)) != std::string::npos;
       at += name.size()) {
    out.replace(at, placeholder.size(), name);
  }
  return out;
}

void FileSink::open(Context& context) {
  context_ = &context;
  format_ = options.format == Format::automatic ? rows::format_of(options.path) : options.format;
  // A path that cannot be written is told now, not with the first row.
  if (options.path.find(placeholder) == std::string::npos) {
    // NOLINTNEXTLINE(modernize-make-unique): an aggregate whose file cannot be moved
    targets_[options.path].reset(
        new Target{OutputFile(options.path, options.append), std::nullopt, ""});
  }
}

FileSink::Target& FileSink::target_for(const Batch& batch) {
  const std::string path = path_for(options.path, batch.measurement());
  const auto at = targets_.find(path);
  if (at != targets_.end()) return *at->second;
  if (targets_.size() >= most_files) {
    throw Rejected("file-sink keeps at most " + std::to_string(most_files) +
                   " files open; this is one more measurement");
  }
  auto& target = targets_[path];
  // NOLINTNEXTLINE(modernize-make-unique): an aggregate whose file cannot be moved
  target.reset(new Target{OutputFile(path, options.append), std::nullopt, ""});
  return *target;
}

void FileSink::consume(const Batch& batch, Output& output) {
  Target& target = target_for(batch);
  // Writing comes first: if it fails, this batch has not been taken in and may be given again.
  if (target.file.text().size() >= enough) target.file.write();
  switch (format_) {
    case Format::csv:
      encode_csv(target, batch);
      break;
    case Format::line_protocol:
      encode_line_protocol(target, batch, output);
      break;
    default:
      rows::encode_json_lines(batch, target.file.text());
      break;
  }
}

void FileSink::encode_csv(Target& target, const Batch& batch) {
  if (!target.measurement.empty() && target.measurement != batch.measurement()) {
    throw Rejected("the CSV file holds '" + target.measurement + "' and cannot hold '" +
                   batch.measurement() + "'; put {measurement} into path, or use JSON lines");
  }
  if (!target.csv && target.file.empty()) {
    target.csv.emplace(batch);
    target.csv->write_header(target.file.text());
  } else if (!target.csv) {
    rows::CsvSplitter splitter(',');
    rows::CsvRecord record;
    const std::string header = target.file.first_line();
    splitter.split(header, true, record);
    target.csv.emplace(std::vector<std::string>(record.cells.begin(), record.cells.end()));
  }
  target.csv->encode(batch, target.file.text());
  target.measurement = batch.measurement();
}

void FileSink::encode_line_protocol(Target& target, const Batch& batch, Output& output) {
  ends_.clear();
  const rows::LeftOut left_out = line_protocol_.encode(batch, target.file.text(), ends_);
  if (left_out.without_field > 0) context_->count("rows_without_fields", left_out.without_field);
  if (left_out.unusable.empty()) return;
  context_->count("rejected_rows", left_out.unusable.size());
  output.emit(rows::unusable_rows(batch, left_out));
}

void FileSink::flush() {
  for (auto& [path, target] : targets_) {
    target->file.write();
    if (options.sync) target->file.sync();
  }
}

void FileSink::finish(Reason /*reason*/) { flush(); }

}  // namespace weir::file_sink
