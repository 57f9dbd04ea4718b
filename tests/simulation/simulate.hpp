// SPDX-License-Identifier: Apache-2.0
#pragma once
/// A seed from its plan to its verdict.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "tests/simulation/plan.hpp"

namespace weir::simulation {

struct Verdict {
  std::uint64_t hash = 0;  ///< of every call of every life
  std::uint64_t calls = 0;
  std::uint64_t rows = 0;  ///< that sources gave
  std::uint64_t lives = 0;
  std::uint64_t crashes = 0;
  std::uint64_t kept_aside = 0;  ///< dead letters
  std::uint64_t dropped = 0;     ///< counted as dropped or discarded
  std::uint64_t buffers = 0;     ///< sinks with a buffer on disk
  std::uint64_t buffered = 0;    ///< rows that these called durable
  std::uint64_t disk_operations = 0;
  std::uint64_t disk_refused = 0;  ///< of these, those that failed
  std::uint64_t power_cuts = 0;
  std::uint64_t dropped_on_disk = 0;  ///< rows, by full buffers, counted
  std::uint64_t left_on_disk = 0;     ///< rows, after the last life
  Duration simulated{0};              ///< virtual time
  std::vector<std::string> broken;    ///< invariants that did not hold, a line each
};

/// `folder` holds dead letters while it runs. `say` gets every call and log line; may be empty.
[[nodiscard]] Verdict simulate(std::uint64_t seed, const std::filesystem::path& folder,
                               const std::function<void(const std::string&)>& say);

}  // namespace weir::simulation
