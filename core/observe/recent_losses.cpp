// SPDX-License-Identifier: Apache-2.0
#include "core/observe/recent_losses.hpp"

namespace weir::core::observe {

void RecentLosses::look(const runtime::Snapshot& snapshot) {
  order_.clear();
  for (const runtime::NodeStats& node : snapshot.nodes) {
    order_.push_back(node.name);
    std::deque<Totals>& seen = seen_[node.name];
    const Totals now{snapshot.now, node.dropped_rows, node.rejected_rows};
    // A node that is new begins with nothing lost; totals that fell are those of another node.
    if (seen.empty() || now.dropped < seen.back().dropped || now.rejected < seen.back().rejected) {
      seen.assign(1, Totals{snapshot.now, 0, 0});
    }
    // Only changes are kept: at most one each look, and no more than fit into the window.
    if (now.dropped != seen.back().dropped || now.rejected != seen.back().rejected) {
      seen.push_back(now);
    }
    while (seen.size() > 1 && seen[1].at <= snapshot.now - window_) seen.pop_front();
  }
}

std::vector<Loss> RecentLosses::losses() const {
  std::vector<Loss> losses;
  for (const std::string& name : order_) {
    const std::deque<Totals>& seen = seen_.at(name);
    const Loss loss{name, seen.back().dropped - seen.front().dropped,
                    seen.back().rejected - seen.front().rejected};
    if (loss.dropped_rows > 0 || loss.rejected_rows > 0) losses.push_back(loss);
  }
  return losses;
}

}  // namespace weir::core::observe
