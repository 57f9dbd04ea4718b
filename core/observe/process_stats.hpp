// SPDX-License-Identifier: Apache-2.0
#pragma once
/// What the kernel counts of a process.

#include <cstdint>
#include <filesystem>

namespace weir::core::observe {

struct ProcessStats {
  std::uint64_t resident_bytes = 0;
  std::uint64_t virtual_bytes = 0;
  std::uint64_t open_fds = 0;
  std::uint64_t threads = 0;
  double cpu_seconds = 0;
  double start_time_seconds = 0;  ///< since 1970
};

/// Of the process `proc`/self. What cannot be read is 0.
[[nodiscard]] ProcessStats read_process_stats(const std::filesystem::path& proc = "/proc");

}  // namespace weir::core::observe
