// SPDX-License-Identifier: Apache-2.0
#include "timing_wheel.hpp"

#include <algorithm>
#include <bit>
#include <limits>

namespace weir::probing {
namespace {

std::int64_t ceiling(Nanos time, Nanos tick) {
  const std::int64_t whole = time / tick;
  return whole * tick < time ? whole + 1 : whole;
}

std::int64_t floor(Nanos time, Nanos tick) {
  const std::int64_t whole = time / tick;
  return whole * tick > time ? whole - 1 : whole;
}

}  // namespace

TimingWheel::TimingWheel(std::size_t timers, Nanos tick)
    : tick_(tick), taken_(std::numeric_limits<std::int64_t>::min()), timers_(timers) {
  heads_.fill(none);
}

void TimingWheel::set(std::uint32_t timer, Nanos time) {
  clear(timer);
  Timer& entry = timers_[timer];
  entry.due = ceiling(time, tick_);
  if (started_) entry.due = std::max(entry.due, taken_ + 1);
  entry.set = true;
  const std::size_t slot = slot_of(entry.due);
  entry.previous = none;
  entry.next = heads_[slot];
  if (entry.next != none) timers_[entry.next].previous = timer;
  heads_[slot] = timer;
  occupied_[slot / 64] |= std::uint64_t{1} << (slot % 64);
}

void TimingWheel::clear(std::uint32_t timer) {
  if (timers_[timer].set) unlink(timer);
}

void TimingWheel::unlink(std::uint32_t timer) {
  Timer& entry = timers_[timer];
  const std::size_t slot = slot_of(entry.due);
  if (entry.previous != none) timers_[entry.previous].next = entry.next;
  if (entry.next != none) timers_[entry.next].previous = entry.previous;
  if (heads_[slot] == timer) heads_[slot] = entry.next;
  if (heads_[slot] == none) occupied_[slot / 64] &= ~(std::uint64_t{1} << (slot % 64));
  entry.set = false;
}

void TimingWheel::collect(Nanos now) {
  const std::int64_t last = floor(now, tick_);
  if (started_ && last <= taken_) return;
  // One turn sees every slot, however long the machine slept.
  const std::int64_t turn = static_cast<std::int64_t>(slots);
  const std::int64_t first = started_ && last - taken_ < turn ? taken_ + 1 : last - turn + 1;
  started_ = true;
  taken_ = last;
  for (std::int64_t tick = first; tick <= last; ++tick) collect_slot(slot_of(tick));
}

void TimingWheel::collect_slot(std::size_t slot) {
  for (std::uint32_t timer = heads_[slot]; timer != none;) {
    const std::uint32_t next = timers_[timer].next;
    if (timers_[timer].due <= taken_) {
      unlink(timer);
      due_.push_back(timer);
    }
    timer = next;
  }
}

Nanos TimingWheel::next() const {
  // The first occupied slot after the tick taken last; where its timers are for a later turn, the
  // owner looks once in vain.
  const std::size_t begin = started_ ? slot_of(taken_ + 1) : 0;
  for (std::size_t step = 0; step < slots;) {
    const std::size_t slot = (begin + step) & (slots - 1);
    const std::uint64_t rest = occupied_[slot / 64] >> (slot % 64);
    if (rest == 0) {
      step += 64 - slot % 64;
      continue;
    }
    step += static_cast<std::size_t>(std::countr_zero(rest));
    if (step >= slots) break;
    if (!started_) return Nanos::min();
    return (taken_ + 1 + static_cast<std::int64_t>(step)) * tick_;
  }
  return Nanos::max();
}

}  // namespace weir::probing
