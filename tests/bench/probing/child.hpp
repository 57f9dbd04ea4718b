// SPDX-License-Identifier: Apache-2.0
// A process of its own for each measurement, so that CPU and memory are nobody else's.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace weir::bench {

/// What a child cost and reported.
struct Cost {
  bool ok = false;
  double wall_s = 0;
  double cpu_s = 0;            ///< user and system
  double peak_mb = 0;          ///< largest resident set, 10⁶ bytes
  std::vector<double> report;  ///< what `work` returned
  std::string text;            ///< what a program wrote, both streams
};

/// Runs `work` in a fork.
[[nodiscard]] Cost measure(const std::function<std::vector<double>()>& work);
/// Runs a program.
[[nodiscard]] Cost measure_program(const std::vector<std::string>& words);

}  // namespace weir::bench
