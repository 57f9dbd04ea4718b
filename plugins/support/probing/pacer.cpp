// SPDX-License-Identifier: Apache-2.0
#include "pacer.hpp"

#include <algorithm>
#include <random>

namespace weir::probing {

Pacer::Pacer(std::size_t targets, std::uint32_t count, std::uint64_t seed)
    : count_(count), total_(targets * count), cursor_(total_), rounds_(count) {
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> within(0, 1);
  phases_.reserve(targets);
  for (std::size_t i = 0; i < targets; ++i) {
    const double phase = (static_cast<double>(i) + within(random)) / static_cast<double>(targets);
    phases_.push_back(std::min(static_cast<float>(phase), 0.99999F));
  }
}

void Pacer::begin(Nanos start, Nanos length, std::uint32_t rounds) {
  start_ = start;
  length_ = length;
  rounds_ = rounds;
  total_ = phases_.size() * rounds;
  cursor_ = 0;
}

Nanos Pacer::due() const {
  const std::size_t round = cursor_ / phases_.size();
  const double share =
      (static_cast<double>(round) + static_cast<double>(phases_[target()])) / rounds_;
  return start_ + Nanos{static_cast<std::int64_t>(share * static_cast<double>(length_.count()))};
}

}  // namespace weir::probing
