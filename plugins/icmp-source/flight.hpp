// SPDX-License-Identifier: Apache-2.0
// The probes that are under way or were lately, found by number in O(1). Numbers rise in the order
// of sending, so the ring is ordered by time too and timeouts are read off its front.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "statistics.hpp"

namespace weir::icmp_source {

enum class ProbeState : std::uint8_t { pending, answered, lost };

struct Probe {
  Nanos sent_at{};
  std::uint32_t target = 0;
  std::uint32_t interval = 0;  ///< running number of its interval
  ProbeState state = ProbeState::pending;
  bool error_seen = false;  ///< an ICMP error came for it
};

class Flight {
 public:
  explicit Flight(std::uint32_t first_number)
      : first_(first_number), undecided_(first_number), next_(first_number) {}

  /// The number that the next add will give.
  [[nodiscard]] std::uint32_t next_number() const { return next_; }
  std::uint32_t add(const Probe& probe);
  /// nullptr for a number that is not in the ring; numbers may wrap round 2³².
  [[nodiscard]] Probe* find(std::uint32_t number);
  /// The youngest probe whose number ends in these 16 bits.
  [[nodiscard]] Probe* find_by_sequence(std::uint16_t sequence);

  /// Calls `lost(Probe&)` for each pending probe sent at or before `deadline`, oldest first.
  template <typename Lost>
  void expire(Nanos deadline, Lost&& lost) {
    for (; undecided_ != next_; ++undecided_) {
      Probe& probe = at(undecided_);
      if (probe.state != ProbeState::pending) continue;
      if (probe.sent_at > deadline) return;
      probe.state = ProbeState::lost;
      lost(probe);
    }
  }
  /// Forgets decided probes sent before `deadline`.
  void forget(Nanos deadline);
  /// When the oldest pending probe was sent; Nanos::max() where none is pending.
  [[nodiscard]] Nanos oldest_pending();
  [[nodiscard]] std::size_t size() const { return next_ - first_; }

 private:
  [[nodiscard]] Probe& at(std::uint32_t number) { return ring_[number & (ring_.size() - 1)]; }
  void grow();

  std::vector<Probe> ring_ = std::vector<Probe>(64);  // a power of two
  std::uint32_t first_;                               // oldest remembered
  std::uint32_t undecided_;                           // all before it are decided
  std::uint32_t next_;
};

}  // namespace weir::icmp_source
