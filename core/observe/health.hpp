// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Is the run well? And if not, why.

#include <string>
#include <vector>

#include "core/observe/run_view.hpp"

namespace weir::core::observe {

struct Health {
  std::string status;  ///< ready | degraded | starting | stopping
  std::vector<std::string> reasons;
  [[nodiscard]] bool ready() const { return status == "ready"; }
};

/// Degraded: a node has failed for good, is quarantined, hangs, retries, restarts after an error,
/// or has lost rows within the last minute.
[[nodiscard]] Health health_of(const RunView& view);

/// `{"status":"degraded","reasons":["node store retries since 3 min: …"]}`
[[nodiscard]] std::string to_json(const Health& health);

}  // namespace weir::core::observe
