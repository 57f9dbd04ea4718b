// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Batches as JSON lines: {"time":"…","measurement":"…", tags and fields…}. Nulls are left out,
/// values of scaled columns are physical values.

#include <weir/batch.hpp>

#include "text_buffer.hpp"

namespace weir::rows {

/// Appends a line a row.
void encode_json_lines(const Batch& batch, TextBuffer& text);

}  // namespace weir::rows
