// SPDX-License-Identifier: Apache-2.0
// The tallies of targets that share a schedule, over one interval. They are made as probes are sent
// and freed as rows leave, so that memory holds little more than one of them a target.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "span.hpp"
#include "tally.hpp"

namespace weir::icmp_source {

class Interval {
 public:
  /// `dropped`: what the sockets had dropped by its beginning.
  Interval(std::uint32_t number, const probing::Span& span, std::size_t targets,
           std::uint64_t dropped)
      : number_(number),
        span_(span),
        dropped_(dropped),
        blocks_((targets + block_size - 1) / block_size) {}

  [[nodiscard]] std::uint32_t number() const { return number_; }
  [[nodiscard]] const probing::Span& span() const { return span_; }
  [[nodiscard]] std::uint64_t dropped() const { return dropped_; }

  /// `target` counts from the first of the schedule.
  [[nodiscard]] Tally& tally(std::size_t target);
  /// nullptr where nothing was counted.
  [[nodiscard]] const Tally* find(std::size_t target) const;
  /// Frees the tallies of all targets before this one, in blocks.
  void free_before(std::size_t target);

  void count_sent(std::size_t target);
  /// A probe of this target was received or lost for good.
  void count_decided(std::size_t target);
  /// As if it had never been sent.
  void take_back(std::size_t target);
  [[nodiscard]] bool decided() const { return pending_ == 0; }

 private:
  static constexpr std::size_t block_size = 64;
  using Block = std::array<Tally, block_size>;

  std::uint32_t number_;
  probing::Span span_;
  std::uint64_t dropped_;
  std::size_t pending_ = 0;
  std::vector<std::unique_ptr<Block>> blocks_;
};

}  // namespace weir::icmp_source
