// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Decides what becomes of each packet. Pure: time comes in, and luck is a function of the seed and
/// the packet's place in the order of arrival alone, so that a run can be repeated.

#include <cstddef>
#include <cstdint>
#include <optional>

#include "core/testpath/impairments.hpp"

namespace weir::core::testpath {

enum class Cause : std::uint8_t { passed, random, burst, outage, queue };

struct Fate {
  Cause cause = Cause::passed;           ///< of the loss; passed: there is none
  Nanos departs{};                       ///< on the clock of `now`
  std::optional<Nanos> departs_again{};  ///< the duplicate
};

class Fates {
 public:
  explicit Fates(const Impairments& impairments) : impairments_(impairments) {}

  /// Of the packet that has arrived now; times must not go back.
  [[nodiscard]] Fate next(Nanos now, std::size_t bytes);

 private:
  [[nodiscard]] Cause loss_of(Nanos now, std::uint64_t packet);
  [[nodiscard]] bool lost_in_a_burst(std::uint64_t packet);
  /// When the packet has left the queue and the line; nullopt: no room.
  [[nodiscard]] std::optional<Nanos> through_the_line(Nanos now, std::size_t bytes);
  /// Uniform in [0, 1): the same for the same packet and purpose.
  [[nodiscard]] double luck(std::uint64_t packet, std::uint64_t purpose) const;

  Impairments impairments_;
  std::uint64_t packets_ = 0;
  std::optional<Nanos> first_;
  bool bad_ = false;
  Nanos line_free_{};
};

}  // namespace weir::core::testpath
