// SPDX-License-Identifier: Apache-2.0
#pragma once
/// What icmp-source wrote: rows of measurement `icmp_probe` as file-sink's JSON lines. Pure.

#include <string_view>
#include <vector>

#include "core/testpath/judge.hpp"

namespace weir::core::testpath {

/// Reads `probe`, `outcome` (received, late, lost, send_failed), `rtt_ms`, `duplicates` and
/// `reordered`. What was never sent is lost, as the path must have seen it. Throws Error naming the
/// line.
[[nodiscard]] std::vector<Observation> parse_observations(std::string_view json_lines);

}  // namespace weir::core::testpath
