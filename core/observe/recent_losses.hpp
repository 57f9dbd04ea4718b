// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Rows that were dropped or kept aside a short while ago. Totals alone would say "degraded" for
/// ever.

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "core/runtime/stats.hpp"
#include "weir/units.hpp"

namespace weir::core::observe {

struct Loss {
  std::string node;
  std::uint64_t dropped_rows = 0;   ///< in front of it, its queue was full
  std::uint64_t rejected_rows = 0;  ///< kept aside as dead letters
};

/// Not thread-safe.
class RecentLosses {
 public:
  explicit RecentLosses(Duration window = std::chrono::minutes{1}) : window_(window) {}

  void look(const runtime::Snapshot& snapshot);
  /// Nodes that lost any within the window before the last look.
  [[nodiscard]] std::vector<Loss> losses() const;

 private:
  struct Totals {
    Duration at{0};
    std::uint64_t dropped = 0;
    std::uint64_t rejected = 0;
  };
  Duration window_;
  std::vector<std::string> order_;
  std::map<std::string, std::deque<Totals>> seen_;  // the first is the newest before the window
};

}  // namespace weir::core::observe
