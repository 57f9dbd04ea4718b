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
};

void measure_base(Setting& setting);
void paced(const Setting& setting, int targets, const std::string& tick);
void fping_paced(const Setting& setting, int targets);
void flood(const Setting& setting);
void interference(const Setting& setting);

}  // namespace weir::bench
