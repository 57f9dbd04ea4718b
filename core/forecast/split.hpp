// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Train | validation | test in time order, and the windows that may be cut from each.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

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

/// A window looks back `sequence_length` rows, also across a split, and ahead `horizon` rows, never
/// across one. `complete(row)` says whether no value of a row is missing: a window uses such rows
/// only.
[[nodiscard]] Windows cut_windows(const Split& split, std::size_t sequence_length,
                                  std::size_t horizon,
                                  const std::function<bool(std::size_t)>& complete);

}  // namespace weir::core
