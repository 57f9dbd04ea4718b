// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

namespace weir::bench {

/// Each prints its lines. `seconds`: how long a measurement takes.
struct Setting {
  double seconds = 10;
  std::filesystem::path folder;  ///< for lists of targets
  bool fping = false;            ///< it is installed
  double base_mb = 0;            ///< peak memory with a single target
  double stall_seconds = 30;     ///< for how long a server or a sink stands still
};

void measure_base(Setting& setting);
void paced(const Setting& setting, int targets, const std::string& tick);
void fping_paced(const Setting& setting, int targets);
void flood(const Setting& setting);
/// What must make no other target's probe late (interference.cpp).
void interference(const Setting& setting);
/// 200 000 targets through the engine: are all rows stored (many_rows.cpp)?
void many_rows(const Setting& setting);

}  // namespace weir::bench
