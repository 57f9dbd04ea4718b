// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <weir/batch.hpp>

#include "table.hpp"

namespace weir::png_plotter {

// The batch in physical values: what a scaler did is undone, times are in seconds.
[[nodiscard]] Table read_table(const Batch& batch);

}  // namespace weir::png_plotter
