// SPDX-License-Identifier: Apache-2.0
#include "target_set.hpp"

#include <algorithm>

namespace weir::model_parts {

std::vector<std::uint64_t> thinned(std::span<const std::uint64_t> windows, std::size_t most) {
  if (windows.size() <= most) return {windows.begin(), windows.end()};
  std::vector<std::uint64_t> kept;
  kept.reserve(most);
  for (std::size_t i = 1; i <= most; ++i) kept.push_back(windows[windows.size() * i / most - 1]);
  return kept;
}

TargetSet::TargetSet(const TrainingSet& set, std::size_t feature)
    : set_(&set),
      feature_(feature),
      train_(set.train().begin(), set.train().end()),
      validation_(set.validation().begin(), set.validation().end()) {
  if (!validation_.empty()) return;
  const std::size_t first = train_.size() - train_.size() / 5;
  validation_.assign(train_.begin() + static_cast<std::ptrdiff_t>(first), train_.end());
  // What is forecast in a validation window must not have been learned.
  train_.resize(first);
  while (train_.size() > 1 && !validation_.empty() &&
         train_.back() + horizon() > validation_.front()) {
    train_.pop_back();
  }
}

std::size_t TargetSet::end_of(std::span<const std::uint64_t> windows) const {
  if (windows.empty()) return 0;
  return *std::max_element(windows.begin(), windows.end()) + set_->sequence_length() + horizon();
}

}  // namespace weir::model_parts
