// SPDX-License-Identifier: Apache-2.0
// Timers in O(1), after Varghese and Lauck (1987): a ring of slots, one a tick. What is due in the
// same tick wakes its owner once, so a thousand timers cost as many wake-ups as there are ticks. A
// timer further away than one turn of the ring is looked at once a turn.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "time.hpp"

namespace weir::probing {

class TimingWheel {
 public:
  /// For timers 0 to `timers` − 1, each set or not; `tick` is at least a nanosecond.
  TimingWheel(std::size_t timers, Nanos tick);

  /// Sets a timer, or moves it: it is due at the first tick at or after `time`, never in a tick
  /// that has already been taken.
  void set(std::uint32_t timer, Nanos time);
  void clear(std::uint32_t timer);

  /// Calls due(timer) for each timer whose tick is at or before `now`; it may set timers, also its
  /// own.
  template <typename Due>
  void advance(Nanos now, Due&& due) {
    collect(now);
    // By index: `due` may set timers, but collects none.
    for (std::size_t i = 0; i < due_.size(); ++i) due(due_[i]);
    due_.clear();
  }

  /// When to call advance next; Nanos::max() where no timer is set. Never later than the first
  /// timer.
  [[nodiscard]] Nanos next() const;
  [[nodiscard]] Nanos tick() const { return tick_; }

 private:
  static constexpr std::size_t slots = 512;
  static constexpr std::uint32_t none = 0xffffffff;
  struct Timer {
    std::int64_t due = 0;  // in ticks
    std::uint32_t next = none;
    std::uint32_t previous = none;
    bool set = false;
  };
  void collect(Nanos now);
  void collect_slot(std::size_t slot);
  void unlink(std::uint32_t timer);
  [[nodiscard]] static std::size_t slot_of(std::int64_t tick) {
    return static_cast<std::size_t>(tick) & (slots - 1);
  }

  Nanos tick_;
  std::int64_t taken_;  // ticks up to this one have been taken
  bool started_ = false;
  std::vector<Timer> timers_;
  std::array<std::uint32_t, slots> heads_{};
  std::array<std::uint64_t, slots / 64> occupied_{};
  std::vector<std::uint32_t> due_;
};

}  // namespace weir::probing
