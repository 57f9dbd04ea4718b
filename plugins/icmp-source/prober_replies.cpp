// SPDX-License-Identifier: Apache-2.0
// What becomes of a probe: stamps, replies, errors, silence.
#include <algorithm>
#include <limits>
#include <utility>

#include "prober.hpp"

namespace weir::icmp_source {
namespace {

constexpr int receive_calls_a_step = 64;
// Two readings of two clocks: a stamp may seem to lie a little before what it followed.
constexpr Nanos clock_error = std::chrono::microseconds(20);

float ms(Nanos time) { return static_cast<float>(probing::to_ms(time)); }

bool counts_as_lost(ProbeState state) {
  return state == ProbeState::lost || state == ProbeState::late || state == ProbeState::refused;
}

probing::Outcome outcome_of(ProbeState state) {
  switch (state) {
    case ProbeState::received:
      return probing::Outcome::received;
    case ProbeState::late:
      return probing::Outcome::late;
    case ProbeState::refused:
      return probing::Outcome::send_failed;
    default:
      return probing::Outcome::lost;
  }
}

// When the request entered the interface's queue, as far as the kernel said so.
Nanos departure(const Probe& probe) { return probe.sent_at + Nanos{probe.queued_ns}; }

std::optional<double> egress_queue_ms(const Probe& probe) {
  if (probe.queued_ns == 0 || probe.handed_ns == 0) return std::nullopt;
  return std::max(0.0, (static_cast<double>(probe.handed_ns) - probe.queued_ns) / 1e6);
}

std::optional<double> path_ms(const Probe& probe, Nanos received_at) {
  if (probe.handed_ns == 0) return std::nullopt;
  return probing::to_ms(std::max(received_at - probe.sent_at - Nanos{probe.handed_ns}, Nanos{}));
}

}  // namespace

bool Prober::receive_all() {
  bool drained = true;
  for (Socket* socket : sockets_) {
    int calls = 0;
    for (; calls < receive_calls_a_step; ++calls) {
      socket->receive(received_);
      if (received_.empty()) break;
      for (const SendStamp& stamp : received_.stamps) take_stamp(stamp);
      for (const Incoming& incoming : received_.datagrams) handle(*socket, incoming);
      for (const Decoded& error : received_.errors) handle_error(*socket, error);
    }
    drained = drained && calls < receive_calls_a_step;
  }
  return drained;
}

void Prober::take_stamp(const SendStamp& stamp) {
  Probe* probe = flight_.find(stamp.number);
  if (probe == nullptr) return;
  const Nanos after = stamp.at - probe->sent_at;
  constexpr Nanos longest{std::numeric_limits<std::uint32_t>::max()};
  // Before it was sent, or seconds after: a clock stepped, or the number is another's.
  if (after < -clock_error || after > longest) return;
  const auto stored = static_cast<std::uint32_t>(std::max<std::int64_t>(after.count(), 1));
  if (stamp.stage == Stage::sent) {
    probe->handed_ns = stored;
    return;
  }
  probe->queued_ns = stored;
  if (after > config_.stall) probe->stalled = true;
  if (Interval* interval = interval_of(*probe)) {
    Tally& tally = interval->tally(probe->slot - schedule_of(*probe).first);
    tally.host_stall_ms = std::max(tally.host_stall_ms, ms(after));
  }
}

void Prober::handle(const Socket& socket, const Incoming& incoming) {
  const Decoded decoded = decode(socket.form(), incoming.bytes);
  if (const auto* echo = std::get_if<Echo>(&decoded)) {
    count_rejected(match(socket, *echo, incoming));
  } else {
    handle_error(socket, decoded);
  }
}

void Prober::handle_error(const Socket& socket, const Decoded& decoded) {
  if (const auto* error = std::get_if<IcmpError>(&decoded)) {
    count_rejected(match(socket, *error));
  } else if (const auto* reason = std::get_if<Reject>(&decoded)) {
    count_rejected(*reason);
  }
}

void Prober::count_rejected(std::optional<Reject> rejected) {
  if (rejected) ++counters_.rejected[static_cast<std::size_t>(*rejected)];
}

std::optional<Reject> Prober::match(const Socket& socket, const Echo& echo,
                                    const Incoming& incoming) {
  if (echo.identifier != socket.identifier()) return Reject::other_identifier;
  Probe* probe = flight_.find(echo.stamp.probe);
  if (probe == nullptr || echo.sequence != static_cast<std::uint16_t>(echo.stamp.probe))
    return Reject::unknown_probe;
  if (echo.stamp.nonce != nonce_of(config_.key, echo.stamp.probe)) return Reject::wrong_nonce;
  const auto asked = address_of(probe->slot, probe->interval);
  if (!asked || !asked->same_host(incoming.from)) return Reject::wrong_source;
  accept(echo.stamp.probe, *probe, incoming.received_at);
  return std::nullopt;
}

std::optional<Reject> Prober::match(const Socket& socket, const IcmpError& error) {
  if (error.identifier != socket.identifier()) return Reject::other_identifier;
  std::uint32_t number = error.stamp ? error.stamp->probe : 0;
  Probe* probe =
      error.stamp ? flight_.find(number) : flight_.find_by_sequence(error.sequence, number);
  if (probe == nullptr || error.sequence != static_cast<std::uint16_t>(number))
    return Reject::unknown_probe;
  if (error.stamp && error.stamp->nonce != nonce_of(config_.key, number))
    return Reject::wrong_nonce;
  const auto asked = address_of(probe->slot, probe->interval);
  if (!asked || !asked->same_host(error.destination)) return Reject::wrong_source;
  if (probe->error_seen) return std::nullopt;
  probe->error_seen = true;
  ++counters_.icmp_errors;
  Tally& tally = current_tally(probe->slot);
  probing::count_up(tally.icmp_errors);
  tally.icmp_type = error.type;
  tally.icmp_code = error.code;
  if (ProbeDetail* detail = flight_.detail(number)) {
    detail->icmp_type = error.type;
    detail->icmp_code = error.code;
  }
  return std::nullopt;
}

Tally& Prober::current_tally(std::uint32_t slot) {
  Schedule& schedule = schedules_[slots_[slot].schedule];
  return schedule.open.back().tally(slot - schedule.first);
}

void Prober::accept(std::uint32_t number, Probe& probe, Nanos received_at) {
  Slot& slot = slots_[probe.slot];
  Tally& current = current_tally(probe.slot);
  ProbeDetail* detail = flight_.detail(number);
  if (probe.state == ProbeState::received || probe.state == ProbeState::late) {
    ++counters_.duplicates;
    probing::count_up(current.loss.duplicates);
    if (detail != nullptr) probing::count_up(detail->duplicates);
    return;
  }
  const bool overtaken =
      slot.answered && static_cast<std::int32_t>(number - slot.newest_answered) < 0;
  if (overtaken) {
    ++counters_.reordered;
    probing::count_up(current.loss.reordered);
  } else {
    slot.newest_answered = number;
    slot.answered = true;
  }
  if (detail != nullptr) {
    detail->received_at = received_at;
    detail->reordered = overtaken;
  }
  if (probe.state != ProbeState::pending || received_at - departure(probe) > config_.timeout) {
    ++counters_.late;
    probing::count_up(current.loss.late);
    probe.state = ProbeState::late;
    return;
  }
  probe.state = ProbeState::received;
  ++counters_.received;
  Schedule& schedule = schedule_of(probe);
  Interval& interval = *schedule.interval(probe.interval);
  measure(probe, received_at, interval.tally(probe.slot - schedule.first));
  interval.count_decided(probe.slot - schedule.first);
}

void Prober::measure(Probe& probe, Nanos received_at, Tally& tally) {
  const Nanos rtt = std::max(received_at - departure(probe), Nanos{});
  ++tally.loss.received;
  tally.rtt.add(rtt);
  const auto queue = egress_queue_ms(probe);
  const auto path = path_ms(probe, received_at);
  if (queue && path) {
    ++tally.stamped;
    tally.egress_queue_ms.add(*queue, tally.stamped);
    tally.path_ms.add(*path, tally.stamped);
  } else {
    ++counters_.unstamped;
  }
  if (received_at >= stall_begin_ && received_at < stall_end_) probe.stalled = true;
  if (probe.stalled) ++tally.stalled;
  Slot& slot = slots_[probe.slot];
  const auto difference = slot.jitter.add(rtt);
  const auto distance = static_cast<std::uint8_t>(probe.sequence - slot.last_sequence);
  slot.last_sequence = probe.sequence;
  if (difference && (distance == 1 || distance == 255)) {
    ++tally.differences;
    tally.ipdv_ms.add(*difference / 1e6, tally.differences);
  }
  if (const auto jitter = slot.jitter.milliseconds()) tally.jitter_ms = static_cast<float>(*jitter);
}

void Prober::decide(Nanos deadline) {
  flight_.decide(deadline, [this](const Probe& probe) {
    Slot& slot = slots_[probe.slot];
    if (!counts_as_lost(probe.state)) {
      if (probe.state == ProbeState::received) slot.run.received();
      return;
    }
    ++counters_.lost;
    Schedule& schedule = schedule_of(probe);
    Interval& interval = *schedule.interval(probe.interval);
    slot.run.lost(interval.tally(probe.slot - schedule.first).loss);
    interval.count_decided(probe.slot - schedule.first);
  });
}

void Prober::forget(Nanos deadline) {
  flight_.forget(deadline, [this](std::uint32_t number, const Probe& probe) {
    if (on_probe && config_.per_probe && probe.state != ProbeState::withdrawn)
      report(number, probe);
  });
}

void Prober::report(std::uint32_t number, const Probe& probe) {
  const ProbeDetail& detail = *flight_.detail(number);
  ProbeRow row;
  row.sent_utc = now_.utc - (now_.monotonic - probe.sent_at);
  row.number = number;
  row.slot = probe.slot;
  row.address = address_of(probe.slot, probe.interval);
  row.outcome = outcome_of(probe.state);
  row.host_stall_ms = std::max(detail.late_by_ns, probe.queued_ns) / 1e6;
  row.stalled = probe.stalled;
  row.detail = detail;
  if (row.outcome == probing::Outcome::received || row.outcome == probing::Outcome::late) {
    row.rtt_ms = probing::to_ms(std::max(detail.received_at - departure(probe), Nanos{}));
    row.egress_queue_ms = egress_queue_ms(probe);
    row.path_ms = path_ms(probe, detail.received_at);
  }
  on_probe(row);
}

}  // namespace weir::icmp_source
