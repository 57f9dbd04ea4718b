// SPDX-License-Identifier: Apache-2.0
#include "options.hpp"

#include <algorithm>
#include <filesystem>
#include <weir/error.hpp>

namespace weir::file_source {
namespace {

rows::FieldWish field_wish(const std::string& text) {
  constexpr std::pair<std::string_view, Type> types[] = {
      {":float64", Type::float64}, {":double", Type::float64}, {":int64", Type::int64},
      {":int", Type::int64},       {":bool", Type::boolean},   {":utf8", Type::utf8},
      {":text", Type::utf8}};
  for (const auto& [ending, type] : types) {
    if (text.size() > ending.size() && text.ends_with(ending)) {
      return {text.substr(0, text.size() - ending.size()), type};
    }
  }
  return {text, std::nullopt};
}

bool is_tab(const std::string& text) { return text == "tab" || text == "\\t" || text == "\t"; }

}  // namespace

rows::RowFormat row_format(const Options& options, const std::string& path) {
  rows::RowFormat format;
  format.measurement = options.measurement;
  if (format.measurement.empty()) {
    format.measurement = path == "-" ? "stdin" : std::filesystem::path(path).stem().string();
  }
  format.time_column = options.time_column;
  format.time_format = options.time_format;
  format.tags = options.tags;
  for (const std::string& text : options.fields_wanted) format.fields.push_back(field_wish(text));
  format.header = options.header;
  const bool tab = is_tab(options.delimiter) ||
                   (options.delimiter == "," && rows::lower_extension(path) == ".tsv");
  if (!tab &&
      (options.delimiter.size() != 1 || options.delimiter == "\"" || options.delimiter == "\n")) {
    throw Fatal("delimiter '" + options.delimiter + "' is not one character; use , ; | or tab");
  }
  format.delimiter = tab ? '\t' : options.delimiter.front();
  for (auto tag = format.tags.begin(); tag != format.tags.end(); ++tag) {
    if (*tag == format.time_column || std::find(format.tags.begin(), tag, *tag) != tag) {
      throw Fatal("'" + *tag + "' in tags is the time column or stands there twice");
    }
  }
  return format;
}

bool is_annotated(std::string_view beginning) {
  return beginning.starts_with("#group") || beginning.starts_with("#datatype") ||
         beginning.starts_with("#default");
}

std::unique_ptr<rows::Decoder> make_decoder(const Options& options, const std::string& path,
                                            std::string_view beginning) {
  rows::RowFormat format = row_format(options, path);
  switch (options.format == Format::automatic ? rows::format_of(path) : options.format) {
    case Format::jsonl:
      return rows::make_json_lines_decoder(std::move(format));
    case Format::line_protocol:
      return rows::make_line_protocol_decoder(std::move(format));
    default:
      break;
  }
  if (is_annotated(beginning)) return rows::make_annotated_csv_decoder(std::move(format));
  return rows::make_csv_decoder(std::move(format));
}

}  // namespace weir::file_source
