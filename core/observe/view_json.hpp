// SPDX-License-Identifier: Apache-2.0
#pragma once
/// A run's view as one line of JSON: the answer of the control socket to `snapshot`.

#include <string>

#include "core/observe/run_view.hpp"

namespace weir::core::observe {

/// An object: pipeline, version, pid, started (RFC 3339), monotonic (seconds), status, reasons,
/// process, nodes (facts and numbers, with counters), edges. No option's value is in it.
[[nodiscard]] std::string to_json(const RunView& view);

}  // namespace weir::core::observe
