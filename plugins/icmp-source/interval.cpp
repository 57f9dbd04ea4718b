// SPDX-License-Identifier: Apache-2.0
#include "interval.hpp"

namespace weir::icmp_source {

Tally& Interval::tally(std::size_t target) {
  auto& block = blocks_[target / block_size];
  if (!block) block = std::make_unique<Block>();
  return (*block)[target % block_size];
}

const Tally* Interval::find(std::size_t target) const {
  const auto& block = blocks_[target / block_size];
  return block ? &(*block)[target % block_size] : nullptr;
}

void Interval::free_before(std::size_t target) {
  if (target >= block_size && target % block_size == 0) blocks_[target / block_size - 1].reset();
}

void Interval::count_sent(std::size_t target) {
  Tally& counts = tally(target);
  ++counts.loss.sent;
  ++counts.pending;
  ++pending_;
}

void Interval::count_decided(std::size_t target) {
  --tally(target).pending;
  --pending_;
}

void Interval::take_back(std::size_t target) {
  --tally(target).loss.sent;
  count_decided(target);
}

}  // namespace weir::icmp_source
