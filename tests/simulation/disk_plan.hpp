// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Which sinks of a plan have a buffer on disk, and what happens to the disk.

#include <string>

#include "tests/simulation/plan.hpp"

namespace weir::simulation {

/// By luck of its own, so that it changes nothing else of the plan.
void plan_disk(Plan& plan);

[[nodiscard]] std::string to_text(const core::BufferSettings& buffer);
[[nodiscard]] std::string to_text(const DiskTrouble& trouble);

}  // namespace weir::simulation
