// SPDX-License-Identifier: Apache-2.0
#include "core/forecast/split.hpp"

#include <algorithm>

namespace weir::core {
namespace {

/// How many rows in a row are fit, up to and including each.
std::vector<std::size_t> runs(std::size_t rows, const std::function<bool(std::size_t)>& fit) {
  std::vector<std::size_t> runs(rows);
  std::size_t run = 0;
  for (std::size_t row = 0; row < rows; ++row) runs[row] = run = fit(row) ? run + 1 : 0;
  return runs;
}

}  // namespace

Split split_table(const SeriesTable& table, unsigned train_percent, unsigned validation_percent) {
  const auto row_at = [&](std::size_t percent) {
    const std::size_t index = table.data_rows() * percent / 100;
    return index < table.data_rows() ? table.data_row(index) : table.rows();
  };
  return {row_at(train_percent), row_at(std::min(100U, train_percent + validation_percent)),
          table.rows()};
}

Windows cut_windows(const Split& split, std::size_t sequence_length, std::size_t horizon,
                    const RowUse& use) {
  const std::vector<std::size_t> inputs = runs(split.rows, use.input);
  const std::vector<std::size_t> truths = runs(split.rows, use.truth);
  Windows windows;
  for (std::size_t origin = sequence_length; origin + horizon <= split.rows; ++origin) {
    const std::size_t end = origin + horizon;
    if (inputs[origin - 1] < sequence_length || truths[end - 1] < horizon) continue;
    const std::size_t first = origin - sequence_length;
    if (end <= split.train_end) {
      windows.train.push_back(first);
    } else if (origin >= split.train_end && end <= split.validation_end) {
      windows.validation.push_back(first);
    } else if (origin >= split.validation_end) {
      windows.test.push_back(first);
    }
  }
  return windows;
}

std::vector<std::uint64_t> thin(const std::vector<std::uint64_t>& windows, std::size_t about) {
  const std::size_t stride = about == 0 ? 1 : std::max<std::size_t>(1, windows.size() / about);
  std::vector<std::uint64_t> kept;
  for (std::size_t i = 0; i < windows.size(); i += stride) kept.push_back(windows[i]);
  return kept;
}

}  // namespace weir::core
