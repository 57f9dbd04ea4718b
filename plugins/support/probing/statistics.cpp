// SPDX-License-Identifier: Apache-2.0
#include "statistics.hpp"

#include <algorithm>
#include <cmath>

namespace weir::probing {

Distribution::Spread& Distribution::spread() {
  if (spread_) return *spread_;
  spread_ = std::make_unique<Spread>();
  if (count_ > 0) {
    spread_->min = spread_->max = Nanos{static_cast<std::int64_t>(mean_)};
    spread_->histogram.add(spread_->min);
  }
  return *spread_;
}

void Distribution::add(Nanos value) {
  const auto number = static_cast<double>(value.count());
  if (count_ == 0) {
    mean_ = number;
  } else {
    Spread& all = spread();
    all.histogram.add(value);
    all.min = std::min(all.min, value);
    all.max = std::max(all.max, value);
    const double distance = number - mean_;
    mean_ += distance / (count_ + 1);
    all.squares += distance * (number - mean_);
  }
  ++count_;
}

// Means and squares by the pairwise formula of Chan, Golub and LeVeque (1979).
void Distribution::merge(const Distribution& other) {
  if (other.count_ == 0) return;
  if (other.count_ == 1) return add(Nanos{static_cast<std::int64_t>(other.mean_)});
  Spread& all = spread();
  all.histogram.merge(other.spread_->histogram);
  const double mine = count_;
  const double theirs = other.count_;
  const double distance = other.mean_ - mean_;
  all.squares += other.spread_->squares + distance * distance * mine * theirs / (mine + theirs);
  mean_ += distance * theirs / (mine + theirs);
  all.min = count_ == 0 ? other.spread_->min : std::min(all.min, other.spread_->min);
  all.max = count_ == 0 ? other.spread_->max : std::max(all.max, other.spread_->max);
  count_ += other.count_;
}

std::optional<double> Distribution::min_ms() const {
  return count_ < 2 ? mean_ms() : to_ms(spread_->min);
}

std::optional<double> Distribution::max_ms() const {
  return count_ < 2 ? mean_ms() : to_ms(spread_->max);
}

std::optional<double> Distribution::mean_ms() const {
  if (count_ == 0) return std::nullopt;
  return mean_ / 1e6;
}

std::optional<double> Distribution::percentile_ms(double percent) const {
  if (count_ < 2) return mean_ms();
  return to_ms(std::clamp(spread_->histogram.percentile(percent), spread_->min, spread_->max));
}

std::optional<double> Distribution::deviation_ms() const {
  if (count_ < 2) return std::nullopt;
  return std::sqrt(spread_->squares / (count_ - 1)) / 1e6;
}

std::optional<double> Jitter::add(Nanos round_trip) {
  const auto now = static_cast<float>(round_trip.count());
  const float difference = std::abs(now - previous_ns_);
  previous_ns_ = now;
  if (replies_ == 0) {
    replies_ = 1;
    return std::nullopt;
  }
  replies_ = 2;
  estimate_ns_ += (difference - estimate_ns_) / 16;
  return static_cast<double>(difference);
}

std::optional<double> Jitter::milliseconds() const {
  if (replies_ < 2) return std::nullopt;
  return static_cast<double>(estimate_ns_) / 1e6;
}

}  // namespace weir::probing
