// SPDX-License-Identifier: Apache-2.0
// The probes that are under way or were lately, found by number in O(1). Numbers rise in the order
// of sending, so the queue is ordered by time too: each probe is decided in that order.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>

#include "names.hpp"

namespace weir::icmp_source {

enum class ProbeState : std::uint8_t {
  pending,
  received,
  late,      ///< answered after the timeout
  lost,      ///< not answered so far
  refused,   ///< the kernel did not send it
  withdrawn  ///< the end came first: as if it had never been sent
};

/// Small, because 60 000 targets have 120 000 of them in memory.
struct Probe {
  Nanos sent_at{};
  std::uint32_t slot = 0;       ///< whom it asks
  std::uint32_t queued_ns = 0;  ///< from sent_at to the kernel's SCHED stamp; 0: none
  std::uint32_t handed_ns = 0;  ///< from sent_at to the kernel's SND stamp; 0: none
  std::uint16_t interval = 0;   ///< running number of its interval, cut to 16 bits
  std::uint8_t sequence = 0;    ///< of its target, cut to 8 bits
  ProbeState state : 4 = ProbeState::pending;
  bool error_seen : 1 = false;  ///< an ICMP error came for it
  bool stalled : 1 = false;     ///< the host was not on time
};
static_assert(sizeof(Probe) == 24);

/// What is kept besides, where each probe is reported.
struct ProbeDetail {
  Nanos received_at{};  ///< first reply
  std::uint32_t late_by_ns = 0;
  std::uint16_t duplicates = 0;
  bool reordered = false;
  std::uint8_t icmp_type = 0;
  std::uint8_t icmp_code = 0;
};

class Flight {
 public:
  Flight(std::uint32_t first_number, bool with_details)
      : with_details_(with_details),
        base_(first_number),
        first_(first_number),
        undecided_(first_number),
        next_(first_number) {}

  /// The number that the next add will give.
  [[nodiscard]] std::uint32_t next_number() const { return next_; }
  std::uint32_t add(const Probe& probe);
  /// nullptr for a number that is not remembered; numbers may wrap round 2³².
  [[nodiscard]] Probe* find(std::uint32_t number);
  /// The youngest probe whose number ends in these 16 bits.
  [[nodiscard]] Probe* find_by_sequence(std::uint16_t sequence, std::uint32_t& number);
  /// Of a probe that is remembered; nullptr where no details are kept.
  [[nodiscard]] ProbeDetail* detail(std::uint32_t number);

  /// Calls decided(Probe&) once for each probe, in the order of sending, up to the first one that
  /// is still pending and was sent after `deadline`. Those pending before that become lost.
  template <typename Decided>
  void decide(Nanos deadline, Decided&& decided) {
    for (; undecided_ != next_; ++undecided_) {
      Probe& probe = at(undecided_);
      if (probe.state == ProbeState::pending) {
        if (probe.sent_at > deadline) return;
        probe.state = ProbeState::lost;
      }
      decided(probe);
    }
  }
  /// Forgets decided probes sent before `deadline`, telling of each by forgotten(number, Probe&).
  template <typename Forgotten>
  void forget(Nanos deadline, Forgotten&& forgotten) {
    while (first_ != undecided_ && at(first_).sent_at < deadline) {
      forgotten(first_, at(first_));
      ++first_;
      if (first_ - base_ == chunk_size) drop_front();
    }
  }
  /// When the oldest pending probe was sent; Nanos::max() where none is pending.
  [[nodiscard]] Nanos oldest_pending();
  [[nodiscard]] std::size_t size() const { return next_ - first_; }

 private:
  static constexpr std::uint32_t chunk_size = 1024;
  struct Chunk {
    std::array<Probe, chunk_size> probes;
    std::unique_ptr<std::array<ProbeDetail, chunk_size>> details;
  };
  [[nodiscard]] Probe& at(std::uint32_t number) {
    const std::uint32_t offset = number - base_;
    return chunks_[offset / chunk_size]->probes[offset % chunk_size];
  }
  void drop_front();

  bool with_details_;
  std::deque<std::unique_ptr<Chunk>> chunks_;
  std::unique_ptr<Chunk> spare_;
  std::uint32_t base_;       // the first number of the first chunk
  std::uint32_t first_;      // oldest remembered
  std::uint32_t undecided_;  // all before it are decided
  std::uint32_t next_;
};

}  // namespace weir::icmp_source
