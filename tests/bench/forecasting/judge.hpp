// SPDX-License-Identifier: Apache-2.0
#pragma once
/// One model on one series, in a process of its own, so that its memory and its crashes are its
/// own.

#include <optional>
#include <string>
#include <vector>

#include "forecasting/protocol.hpp"
#include "forecasting/series.hpp"

namespace weir::bench {

struct Verdict {
  Scores scores;
  double training_seconds = 0;
  double peak_megabytes = 0;
};

/// `settings`: as `weir run --set` takes them. Nothing where the model could not be judged; why is
/// printed.
[[nodiscard]] std::optional<Verdict> judge(const Series& series, const std::string& plugin,
                                           const std::vector<std::string>& settings);

}  // namespace weir::bench
