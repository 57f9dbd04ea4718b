// SPDX-License-Identifier: Apache-2.0
// `weir run` of the same build, in a folder of its own.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "child.hpp"

namespace weir::bench {

/// Where it is built; empty: it is not.
[[nodiscard]] std::filesystem::path weir_program();
/// Runs the pipeline for so long; `text` of the result is what the program said.
[[nodiscard]] Cost run_pipeline(const std::filesystem::path& folder, const std::string& pipeline,
                                double seconds);

struct Lateness {
  std::size_t rows = 0;
  double p50_ms = 0, p99_ms = 0, worst_ms = 0;
};
/// Of host_stall_ms in rows of icmp-source, JSON lines.
[[nodiscard]] Lateness lateness_of(const std::filesystem::path& rows);

}  // namespace weir::bench
