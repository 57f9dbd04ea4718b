// SPDX-License-Identifier: Apache-2.0
#pragma once
/// What a test path does to packets, and its text form.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::core::testpath {

using Nanos = std::chrono::nanoseconds;

/// Two states, each with a loss of its own (Gilbert 1960, Elliott 1963). It begins in the good one;
/// after each packet it changes with these probabilities.
struct GilbertElliott {
  double to_bad = 0;
  double to_good = 1;
  double loss_good = 0;
  double loss_bad = 1;
};

/// Nothing passes in [start, start + length) after the first packet.
struct Outage {
  Nanos start{};
  Nanos length{};
};

struct Impairments {
  Nanos delay{};   ///< of every packet
  Nanos jitter{};  ///< delay ± jitter, uniform, each packet by itself: may reorder
  double loss = 0;
  std::optional<GilbertElliott> gilbert;
  std::vector<Outage> outages;
  double duplicate = 0;                                  ///< share that leaves twice
  Nanos duplicate_after = std::chrono::milliseconds(1);  ///< the copy's further delay
  double hold = 0;                                       ///< share that is held back: reorder, late
  Nanos hold_for{};
  std::optional<double> rate;    ///< bits/s of the IP packets; a queue stands before it
  std::size_t queue = 64 << 10;  ///< bytes; a packet that finds no room is lost
  std::uint64_t seed = 1;
};

/// "delay=20ms jitter=2ms loss=1% gilbert=1%/25% outage=1s+500ms duplicate=2%/3ms hold=5%/30ms
/// rate=10Mbit queue=64KiB seed=7", separated by blanks or commas, each at most once but outages.
/// gilbert: to bad / to good [/ loss when good / loss when bad]; duplicate: share [/ further
/// delay]; hold: share / time. Throws Error naming the word.
[[nodiscard]] Impairments parse_impairments(std::string_view text);

}  // namespace weir::core::testpath
