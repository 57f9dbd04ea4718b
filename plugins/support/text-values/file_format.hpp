// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The formats of row files, as options name them.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace weir::rows {

enum class FileFormat : std::uint8_t { automatic, csv, jsonl, line_protocol };

[[nodiscard]] constexpr auto enum_names(FileFormat) {
  return std::array{std::pair{std::string_view("auto"), FileFormat::automatic},
                    std::pair{std::string_view("csv"), FileFormat::csv},
                    std::pair{std::string_view("jsonl"), FileFormat::jsonl},
                    std::pair{std::string_view("line-protocol"), FileFormat::line_protocol}};
}

/// By the end of a file's name: csv, tsv; jsonl, ndjson, json; lp, line, influx, in any case.
/// Throws Fatal if the name does not say.
[[nodiscard]] FileFormat format_of(const std::string& path);

/// ".csv" of "data/A.CSV".
[[nodiscard]] std::string lower_extension(const std::string& path);

}  // namespace weir::rows
