// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Train | validation | test in time order, and the windows that may be cut from each.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "core/forecast/series_table.hpp"

namespace weir::core {

/// Row indices: train [0, train_end), validation [train_end, validation_end), test [validation_end,
/// rows).
struct Split {
  std::size_t train_end = 0;
  std::size_t validation_end = 0;
  std::size_t rows = 0;
};

struct Windows {
  std::vector<std::uint64_t> train;  ///< first rows
  std::vector<std::uint64_t> validation;
  std::vector<std::uint64_t> test;
};

/// What a row may be used for.
struct RowUse {
  std::function<bool(std::size_t)> input;  ///< no feature is missing, or it was filled
  std::function<bool(std::size_t)> truth;  ///< no target is missing, and none was filled
};

/// By rows that arrived, so that a gap does not move the splits against those of a scaler before.
[[nodiscard]] Split split_table(const SeriesTable& table, unsigned train_percent,
                                unsigned validation_percent);

/// A window looks back `sequence_length` rows, also across a split, and ahead `horizon` rows, never
/// across one.
[[nodiscard]] Windows cut_windows(const Split& split, std::size_t sequence_length,
                                  std::size_t horizon, const RowUse& use);

/// Every k-th of the windows from the first on, k = windows / `about` rounded down; 0: all.
[[nodiscard]] std::vector<std::uint64_t> thin(const std::vector<std::uint64_t>& windows,
                                              std::size_t about);

}  // namespace weir::core
