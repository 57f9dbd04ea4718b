// SPDX-License-Identifier: Apache-2.0
#include "file_format.hpp"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <weir/error.hpp>

namespace weir::rows {

std::string lower_extension(const std::string& path) {
  std::string extension = std::filesystem::path(path).extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return extension;
}

FileFormat format_of(const std::string& path) {
  const std::string extension = lower_extension(path);
  if (extension == ".csv" || extension == ".tsv") return FileFormat::csv;
  if (extension == ".jsonl" || extension == ".ndjson" || extension == ".json")
    return FileFormat::jsonl;
  if (extension == ".lp" || extension == ".line" || extension == ".influx")
    return FileFormat::line_protocol;
  throw Fatal("the name '" + path +
              "' does not say what the file holds; set format: csv, jsonl or line-protocol");
}

}  // namespace weir::rows
