// SPDX-License-Identifier: Apache-2.0
#include "core/forecast/intervals.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "weir/error.hpp"

namespace weir::core {
namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
// Residuals are not divided by a running size of theirs: on round trips with rare far outliers that
// made the intervals three times as wide at the same share held.
constexpr double aim_rate = 0.02;           // gamma of Gibbs and Candes
constexpr std::size_t first_adaptive = 30;  // residuals before the aim moves

}  // namespace

IntervalTracker::IntervalTracker(double level) : level_(level), aim_(1 - level) {}

IntervalOffsets IntervalTracker::offsets() const {
  const std::size_t count = recent_.size();
  if (count == 0) return {unknown, unknown};
  const double share = 1 - std::clamp(aim_, 0.0, 1.0);
  const auto held = std::clamp<std::size_t>(
      static_cast<std::size_t>(std::ceil(static_cast<double>(count + 1) * share)), 1, count);
  std::size_t best = 0;
  for (std::size_t first = 0; first + held <= count; ++first) {
    if (sorted_[first + held - 1] - sorted_[first] < sorted_[best + held - 1] - sorted_[best])
      best = first;
  }
  return {std::min(0.0, sorted_[best]), std::max(0.0, sorted_[best + held - 1])};
}

void IntervalTracker::settle(double residual, std::optional<bool> held) {
  if (!std::isfinite(residual)) return;
  if (held && recent_.size() >= first_adaptive) {
    const double least = 1.0 / static_cast<double>(memory);
    aim_ = std::clamp(aim_ + aim_rate * ((1 - level_) - (*held ? 0.0 : 1.0)), least, 0.6);
  }
  settled_ += 1;
  absolute_sum_ += std::abs(residual);
  recent_.push_back(residual);
  sorted_.insert(std::upper_bound(sorted_.begin(), sorted_.end(), residual), residual);
  if (recent_.size() <= memory) return;
  sorted_.erase(std::lower_bound(sorted_.begin(), sorted_.end(), recent_.front()));
  recent_.pop_front();
}

double IntervalTracker::p_value(double residual) const {
  const auto as_large = std::count_if(recent_.begin(), recent_.end(), [&](double other) {
    return std::abs(other) >= std::abs(residual);
  });
  return static_cast<double>(as_large + 1) / static_cast<double>(recent_.size() + 1);
}

double IntervalTracker::mean_absolute() const {
  return settled_ > 0 ? absolute_sum_ / settled_ : unknown;
}

std::vector<double> IntervalTracker::state() const {
  std::vector<double> state = {aim_, absolute_sum_, settled_};
  state.insert(state.end(), recent_.begin(), recent_.end());
  return state;
}

IntervalTracker IntervalTracker::restore(double level, const std::vector<double>& state) {
  const bool finite =
      std::all_of(state.begin(), state.end(), [](double value) { return std::isfinite(value); });
  if (state.size() < 3 || state.size() > 3 + memory || !finite || state[0] < 0 || state[1] < 0 ||
      state[2] < 0)
    throw Error("the model file's intervals make no sense");
  IntervalTracker tracker(level);
  tracker.aim_ = state[0];
  tracker.absolute_sum_ = state[1];
  tracker.settled_ = state[2];
  tracker.recent_.assign(state.begin() + 3, state.end());
  tracker.sorted_.assign(state.begin() + 3, state.end());
  std::sort(tracker.sorted_.begin(), tracker.sorted_.end());
  return tracker;
}

}  // namespace weir::core
