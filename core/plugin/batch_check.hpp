// SPDX-License-Identifier: Apache-2.0
#pragma once
/// What a plugin emits is not trusted: sizes are bounded before they are believed, values are
/// looked at before another node reads them.

#include "weir/arrow.hpp"

namespace weir::core {

/// Most rows of a batch, and most bytes of text in one of its columns. Arrow's structs say nothing
/// of how long a buffer is; lengths beyond these are taken for damage, before anything is read.
inline constexpr std::int64_t max_batch_rows = std::int64_t{1} << 24;
inline constexpr std::int64_t max_column_text = std::int64_t{1} << 28;

/// Takes over what a plugin emitted. Throws Error naming column and row on what abi.h forbids: a
/// wrong layout, text that is no UTF-8, NaN and infinities in rows that are not null, a tag that is
/// no text.
[[nodiscard]] Batch import_checked(OwnedBatch from);

/// The values of a batch, without its layout; throws Error as above.
void check_values(const Batch& batch);

}  // namespace weir::core
