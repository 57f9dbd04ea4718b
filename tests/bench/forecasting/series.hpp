// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Series from CSV files (`time` in RFC 3339, then one value), on a regular grid.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace weir::bench {

struct Series {
  std::string name;    ///< the file's, without folder and extension
  std::string column;  ///< of the value
  std::int64_t begin = 0;
  std::int64_t step = 0;  ///< ns, the commonest distance of two rows
  std::vector<double> values;
  std::size_t filled = 0;  ///< values that stand for missing ones
};

/// Mean per step, lines through what is missing. An empty value is missing, and so is -1 in
/// seed-bandwidth, where it marks a failed measurement. Throws Error: no such series in the file.
[[nodiscard]] Series read_series(const std::filesystem::path& file);

/// The first `percent` of the rows.
void keep_first(Series& series, unsigned percent);

}  // namespace weir::bench
