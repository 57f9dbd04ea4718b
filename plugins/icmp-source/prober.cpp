// SPDX-License-Identifier: Apache-2.0
// Time, sending and closing; what becomes of replies is in prober_replies.cpp.
#include "prober.hpp"

#include <algorithm>
#include <utility>

namespace weir::icmp_source {
namespace {

// A step is bounded, so that neither a flood of replies nor ten thousand overdue probes hold the
// caller for long; what is left over is done in the next step, at once.
constexpr std::size_t sends_a_step = 1024;
constexpr std::size_t packets_a_send = 64;
constexpr std::size_t bytes_a_send = 64 << 10;
// Two stamps cost as much as the probe itself. In a flood one probe in 16 of each target has
// them.
constexpr double stamp_all_below = 80'000;
constexpr std::uint8_t stamp_one_in = 16;
// At the end; more than any buffer holds.
constexpr int most_last_calls = 100;

std::size_t index_of(Family family) { return static_cast<std::size_t>(family); }

Nanos ceiling(Nanos time, Nanos tick) { return (time + tick - Nanos{1}) / tick * tick; }

// How long a probe is remembered, to tell late and second replies from forged ones.
Nanos memory(Nanos timeout) { return timeout + std::max<Nanos>(timeout, std::chrono::seconds(1)); }

std::size_t count_schedules(const ProberConfig& config) {
  std::size_t schedules = 0;
  for (std::size_t slot = 0; slot < config.profile_of.size(); ++slot) {
    const Profile& mine = config.profiles[config.profile_of[slot]];
    const Profile& before = config.profiles[config.profile_of[slot == 0 ? 0 : slot - 1]];
    if (slot == 0 || mine.interval != before.interval || mine.count != before.count) ++schedules;
  }
  return schedules;
}

}  // namespace

Prober::Prober(ProberConfig config, std::vector<Socket*> sockets)
    : config_(std::move(config)),
      sockets_(std::move(sockets)),
      slots_(config_.profile_of.size()),
      wheel_(count_schedules(config_), config_.tick),
      flight_(config_.first_number, config_.per_probe) {
  for (std::size_t slot = 0; slot < slots_.size(); ++slot)
    slots_[slot].profile = config_.profile_of[slot];
  // It now stands in the slots.
  std::vector<std::uint16_t>().swap(config_.profile_of);
  make_schedules();
}

void Prober::make_schedules() {
  double probes_a_tick = 0;
  for (std::uint32_t first = 0; first < slots_.size();) {
    const Profile& profile = config_.profiles[slots_[first].profile];
    std::uint32_t end = first;
    for (; end < slots_.size(); ++end) {
      const Profile& other = config_.profiles[slots_[end].profile];
      if (other.interval != profile.interval || other.count != profile.count) break;
      slots_[end].schedule = static_cast<std::uint32_t>(schedules_.size());
    }
    schedules_.emplace_back(profile.interval, profile.count, first, end - first,
                            config_.seed + schedules_.size());
    probes_a_tick += static_cast<double>(profile.count) * (end - first) *
                     static_cast<double>(config_.tick.count()) /
                     static_cast<double>(profile.interval.count());
    first = end;
  }
  wake_by_reply_ = probes_a_tick < 1;
  const double a_second = probes_a_tick / std::chrono::duration<double>(config_.tick).count();
  if (a_second > stamp_all_below) stamp_mask_ = stamp_one_in - 1;
}

Socket* Prober::socket_for(Family family) const {
  const auto at = std::find_if(sockets_.begin(), sockets_.end(),
                               [&](const Socket* socket) { return socket->family() == family; });
  return at == sockets_.end() ? nullptr : *at;
}

std::uint64_t Prober::dropped() const {
  std::uint64_t sum = 0;
  for (const Socket* socket : sockets_) sum += socket->dropped();
  return sum;
}

void Prober::set_address(std::uint32_t slot, std::optional<Address> address) {
  if (address && socket_for(address->family) == nullptr) address.reset();
  Schedule& schedule = schedules_[slots_[slot].schedule];
  if (schedule.next_number > 0) {
    schedule.changes.emplace_back(slot, address);
    return;
  }
  slots_[slot].has_address = address.has_value();
  slots_[slot].address = address.value_or(Address{});
}

void Prober::change_addresses(Schedule& schedule) {
  const Nanos until = now_.monotonic + memory(config_.timeout) + 2 * schedule.step;
  for (const auto& [slot, address] : std::exchange(schedule.changes, {})) {
    Slot& changed = slots_[slot];
    if (changed.has_address)
      former_.push_back({slot, schedule.next_number - 1, changed.address, until});
    changed.has_address = address.has_value();
    changed.address = address.value_or(Address{});
  }
}

std::optional<Address> Prober::address_of(std::uint32_t slot, std::uint16_t interval) const {
  // Few addresses ever change, and the list is in the order of time.
  for (const FormerAddress& former : former_) {
    if (former.slot != slot) continue;
    const auto distance =
        static_cast<std::int16_t>(static_cast<std::uint16_t>(former.last_interval) - interval);
    if (distance >= 0) return former.address;
  }
  if (!slots_[slot].has_address) return std::nullopt;
  return slots_[slot].address;
}

void Prober::step(Instant now) {
  now_ = now;
  note_stall(now.monotonic);
  drained_ = receive_all();
  // Replies that wait in the socket came in time, however late we look: they go first.
  if (drained_) {
    decide(now.monotonic - config_.timeout);
    forget(now.monotonic - memory(config_.timeout));
  }
  budget_ = sends_a_step;
  if (!std::exchange(started_, true)) {
    for (std::uint32_t i = 0; i < schedules_.size(); ++i) overdue_.push_back(i);
  }
  for (const std::uint32_t schedule : std::exchange(overdue_, {})) run(schedule, now.monotonic);
  wheel_.advance(now.monotonic, [&](std::uint32_t schedule) { run(schedule, now.monotonic); });
  flush();
  close_decided();
  std::erase_if(former_, [&](const FormerAddress& old) { return old.until < now.monotonic; });
}

void Prober::note_stall(Nanos now) {
  if (planned_ == Nanos::max() || now - planned_ <= config_.stall) return;
  ++counters_.stalls;
  stall_begin_ = planned_;
  stall_end_ = now;
}

Nanos Prober::next_wake() {
  planned_ = Nanos::max();
  if (!started_ || !drained_ || !overdue_.empty()) return now_.monotonic;
  planned_ = wheel_.next();
  const Nanos oldest = flight_.oldest_pending();
  if (oldest != Nanos::max())
    planned_ = std::min(planned_, ceiling(oldest + config_.timeout, config_.tick));
  return planned_;
}

void Prober::run(std::uint32_t index, Nanos now) {
  Schedule& schedule = schedules_[index];
  if (schedule.open.empty()) open_interval(schedule, now_);
  queue_due(schedule, now);
  while (schedule.pacer.done() && now >= schedule.open.back().span().end()) {
    open_interval(schedule, now_);
    queue_due(schedule, now);
  }
  if (schedule.open.size() > 1 && !std::exchange(schedule.waits, true)) waiting_.push_back(index);
  if (!schedule.pacer.done() && schedule.pacer.due() <= now) {
    overdue_.push_back(index);  // the budget is spent
  } else {
    wheel_.set(index, schedule.next_event());
  }
}

void Prober::open_interval(Schedule& schedule, Instant now) {
  flush();  // what is queued belongs to the interval before, and to its addresses
  const bool first = schedule.open.empty();
  probing::Span span = first ? probing::first_span(now, schedule.step)
                             : probing::next_span(schedule.open.back().span(), now, schedule.step);
  const bool slept = !first && now.monotonic > span.start + 2 * schedule.step;
  if (slept) span = probing::first_span(now, schedule.step);
  if (!first && span.label != schedule.open.back().span().label + schedule.step)
    ++counters_.clock_steps;
  change_addresses(schedule);
  probing::Pacer& pacer = schedule.pacer;
  pacer.begin(span.start, span.length);
  for (; (first || slept) && !pacer.done() && pacer.due() < now.monotonic; pacer.advance()) {
    if (slept) ++counters_.skipped;
  }
  schedule.open.emplace_back(schedule.next_number++, span, schedule.size, dropped());
}

void Prober::queue_due(Schedule& schedule, Nanos now) {
  probing::Pacer& pacer = schedule.pacer;
  for (; budget_ > 0 && !pacer.done() && pacer.due() <= now; pacer.advance()) {
    const std::uint32_t slot = schedule.first + pacer.target();
    if (!slots_[slot].has_address) continue;
    if (pacer.due() < now - schedule.step) {
      ++counters_.skipped;
      continue;
    }
    queued_[index_of(slots_[slot].address.family)].push_back(
        {slot, ceiling(pacer.due(), config_.tick)});
    --budget_;
  }
}

void Prober::flush() {
  for (Socket* socket : sockets_) {
    auto& queued = queued_[index_of(socket->family())];
    std::size_t unread = 0;
    for (std::size_t at = 0; at < queued.size();) {
      std::size_t count = 0;
      for (std::size_t bytes = 0; at + count < queued.size() && count < packets_a_send; ++count) {
        bytes += config_.profiles[slots_[queued[at + count].slot].profile].payload;
        if (count > 0 && bytes > bytes_a_send) break;
      }
      // Stamps, and replies on short paths, are there at once: they are read while they are in the
      // CPU's cache, and before the socket's buffer is full.
      if (unread > 0 && unread + count > std::min(socket->capacity(), packets_a_send)) {
        drained_ = receive_all() && drained_;
        unread = 0;
      }
      send(*socket, std::span(queued).subspan(at, count));
      unread += count;
      at += count;
    }
    queued.clear();
  }
}

void Prober::send(Socket& socket, std::span<const Queued> queued) {
  const auto profile_of = [this](const Queued& item) -> const Profile& {
    return config_.profiles[slots_[item.slot].profile];
  };
  std::size_t bytes = 0;
  for (const Queued& item : queued) bytes += icmp_header_size + profile_of(item).payload;
  if (packets_.size() < bytes) packets_.resize(bytes);
  outgoing_.clear();
  const std::uint32_t first = flight_.next_number();
  for (std::size_t offset = 0; const Queued& item : queued) {
    const Profile& profile = profile_of(item);
    Slot& slot = slots_[item.slot];
    const auto packet = std::span(packets_).subspan(offset, icmp_header_size + profile.payload);
    offset += packet.size();
    Probe probe;
    probe.sent_at = now_.monotonic;
    probe.slot = item.slot;
    probe.interval = static_cast<std::uint16_t>(schedules_[slot.schedule].open.back().number());
    const bool stamped = (slot.sequence & stamp_mask_) == 0;
    probe.sequence = slot.sequence++;
    const std::uint32_t number = flight_.add(probe);
    encode_request(socket.family(),
                   {.identifier = socket.identifier(),
                    .sequence = static_cast<std::uint16_t>(number),
                    .stamp = {number, nonce_of(config_.key, number)}},
                   packet);
    const bool plain = profile.packet == PacketOptions{};
    outgoing_.push_back({.to = slot.address,
                         .packet = packet,
                         .number = number,
                         .options = plain ? nullptr : &profile.packet,
                         .stamped = stamped});
  }
  socket.send(outgoing_);
  for (std::size_t i = 0; i < queued.size(); ++i)
    note_sent(queued[i], first + static_cast<std::uint32_t>(i), outgoing_[i]);
}

void Prober::note_sent(const Queued& queued, std::uint32_t number, const Outgoing& outgoing) {
  Probe& probe = *flight_.find(number);
  probe.sent_at = outgoing.sent_at;
  Schedule& schedule = schedule_of(probe);
  Interval& interval = schedule.open.back();
  interval.count_sent(queued.slot - schedule.first);
  ++counters_.sent;
  Tally& tally = interval.tally(queued.slot - schedule.first);
  const Nanos late_by = std::max(outgoing.sent_at - queued.planned, Nanos{});
  tally.host_stall_ms = std::max(tally.host_stall_ms, static_cast<float>(probing::to_ms(late_by)));
  probe.stalled = late_by > config_.stall;
  if (ProbeDetail* detail = flight_.detail(number)) {
    detail->late_by_ns =
        static_cast<std::uint32_t>(std::min<std::int64_t>(late_by.count(), 0xffffffff));
  }
  if (outgoing.error == 0) return;
  probe.state = ProbeState::refused;
  probing::count_up(tally.loss.send_failed);
  tally.error = static_cast<std::uint16_t>(outgoing.error);
  ++counters_.send_failed;
  if (on_send_failed) on_send_failed(queued.slot, outgoing.error);
}

void Prober::close_decided() {
  std::erase_if(waiting_, [this](std::uint32_t index) {
    Schedule& schedule = schedules_[index];
    while (schedule.open.size() > 1 && schedule.open.front().decided()) close_first(index);
    schedule.waits = schedule.open.size() > 1;
    return !schedule.waits;
  });
}

void Prober::close_first(std::uint32_t index) {
  auto& open = schedules_[index].open;
  const std::uint64_t end = open.size() > 1 ? open[1].dropped() : dropped();
  const std::uint64_t dropped_meanwhile = end - open.front().dropped();
  const Nanos leave_by = now_.monotonic + schedules_[index].step * 3 / 4;
  closed_.push_back({std::move(open.front()), index, 0, dropped_meanwhile, leave_by});
  open.erase(open.begin());
}

bool Prober::next_row(IntervalRow& row) {
  for (; !closed_.empty(); closed_.pop_front()) {
    Closed& closed = closed_.front();
    const Schedule& schedule = schedules_[closed.schedule];
    while (closed.next < schedule.size) {
      const std::uint32_t target = closed.next++;
      closed.interval.free_before(target);
      const std::uint32_t slot = schedule.first + target;
      const Tally* tally = closed.interval.find(target);
      const auto number = static_cast<std::uint16_t>(closed.interval.number());
      const auto address = address_of(slot, number);
      const bool has_counts = tally != nullptr && tally->has_counts();
      if (!has_counts && (address || slots_[slot].hidden)) continue;
      row = {closed.interval.span().label, slot, address, tally, closed.dropped};
      return true;
    }
  }
  return false;
}

WaitingRows Prober::waiting_rows() const {
  WaitingRows waiting;
  for (const Closed& closed : closed_) {
    const std::size_t rows = schedules_[closed.schedule].size - closed.next;
    if (rows == 0) continue;
    waiting.rows += rows;
    waiting.leave_by = std::min(waiting.leave_by, closed.leave_by);
  }
  return waiting;
}

void Prober::finish() {
  // What came since the last step came in time.
  for (int calls = 0; started_ && calls < most_last_calls && !receive_all(); ++calls) {
  }
  for (std::uint32_t number = flight_.next_number() - static_cast<std::uint32_t>(flight_.size());
       number != flight_.next_number(); ++number) {
    Probe& probe = *flight_.find(number);
    if (probe.state != ProbeState::pending) continue;
    Schedule& schedule = schedule_of(probe);
    schedule.interval(probe.interval)->take_back(probe.slot - schedule.first);
    --counters_.sent;
    probe.state = ProbeState::withdrawn;
  }
  decide(Nanos::max());
  forget(Nanos::max());
  for (std::uint32_t index = 0; index < schedules_.size(); ++index) {
    while (!schedules_[index].open.empty()) close_first(index);
  }
}

}  // namespace weir::icmp_source
