// SPDX-License-Identifier: Apache-2.0
#include "prober.hpp"

#include <algorithm>
#include <utility>

namespace weir::icmp_source {
namespace {

// A step is bounded, so that neither a flood of replies nor ten thousand overdue probes hold the
// caller for long; what is left over is done in the next step, at once.
constexpr int receive_calls_a_step = 64;
constexpr std::size_t sends_a_step = 1024;
constexpr std::size_t packets_a_send = 64;

std::size_t index_of(Family family) { return static_cast<std::size_t>(family); }

// How long decided probes are remembered, to tell late and second replies from forged ones.
Nanos memory(Nanos timeout) {
  return std::max<Nanos>(2 * timeout, timeout + std::chrono::seconds(2));
}

}  // namespace

Prober::Prober(const ProberConfig& config, std::vector<Socket*> sockets)
    : config_(config),
      sockets_(std::move(sockets)),
      pacer_(config.targets, config.count, config.seed),
      flight_(config.first_number),
      jitters_(config.targets),
      addresses_(std::make_shared<AddressTable>(config.targets)) {}

void Prober::set_address(std::size_t target, std::optional<Address> address) {
  if (address && socket_for(address->family) == nullptr) address.reset();
  if ((*addresses_)[target] == address) return;
  // Intervals that are open keep the table that they began with.
  if (addresses_.use_count() > 1) addresses_ = std::make_shared<AddressTable>(*addresses_);
  (*addresses_)[target] = address;
}

Socket* Prober::socket_for(Family family) const {
  const auto at = std::find_if(sockets_.begin(), sockets_.end(),
                               [&](const Socket* socket) { return socket->family() == family; });
  return at == sockets_.end() ? nullptr : *at;
}

void Prober::step(Instant now) {
  now_ = now.monotonic;
  drained_ = receive_all();
  // Replies that wait in the socket came in time, however late we look: they go first.
  if (drained_) expire(now.monotonic);
  if (open_.empty()) open_interval(now);
  std::size_t budget = sends_a_step;
  send_due(now.monotonic, budget);
  while (pacer_.done() && now.monotonic >= open_.back().span().end()) {
    open_interval(now);
    send_due(now.monotonic, budget);
  }
  while (open_.size() > 1 && open_.front().decided()) close_first();
}

Nanos Prober::next_wake() {
  if (!drained_ || open_.empty()) return now_;
  Nanos wake = pacer_.done() ? open_.back().span().end() : pacer_.due();
  const Nanos oldest = flight_.oldest_pending();
  if (oldest != Nanos::max()) wake = std::min(wake, oldest + config_.timeout);
  if (config_.tick > Nanos{}) wake = (wake + config_.tick - Nanos{1}) / config_.tick * config_.tick;
  return wake;
}

std::optional<IntervalReport> Prober::take_report() {
  if (reports_.empty()) return std::nullopt;
  IntervalReport report = std::move(reports_.front());
  reports_.pop_front();
  return report;
}

bool Prober::receive_all() {
  bool drained = true;
  for (Socket* socket : sockets_) {
    int calls = 0;
    for (; calls < receive_calls_a_step; ++calls) {
      socket->receive(incoming_);
      if (incoming_.empty()) break;
      for (const Incoming& incoming : incoming_) handle(*socket, incoming);
    }
    drained = drained && calls < receive_calls_a_step;
  }
  return drained;
}

void Prober::handle(const Socket& socket, const Incoming& incoming) {
  const Decoded decoded = decode(socket.form(), incoming.bytes);
  std::optional<Reject> reason;
  if (const auto* echo = std::get_if<Echo>(&decoded)) {
    reason = match(socket, *echo, incoming);
  } else if (const auto* error = std::get_if<IcmpError>(&decoded)) {
    reason = match(socket, *error);
  } else {
    reason = std::get<Reject>(decoded);
  }
  if (reason) ++counters_.rejected[static_cast<std::size_t>(*reason)];
}

std::optional<Reject> Prober::match(const Socket& socket, const Echo& echo,
                                    const Incoming& incoming) {
  if (echo.identifier != socket.identifier()) return Reject::other_identifier;
  Probe* probe = flight_.find(echo.stamp.probe);
  if (probe == nullptr || echo.sequence != static_cast<std::uint16_t>(echo.stamp.probe)) {
    return Reject::unknown_probe;
  }
  if (echo.stamp.nonce != nonce_of(config_.key, echo.stamp.probe)) return Reject::wrong_nonce;
  if (!asked(*probe, incoming.from)) return Reject::wrong_source;
  accept(*probe, incoming.received_at);
  return std::nullopt;
}

std::optional<Reject> Prober::match(const Socket& socket, const IcmpError& error) {
  if (error.identifier != socket.identifier()) return Reject::other_identifier;
  Probe* probe =
      error.stamp ? flight_.find(error.stamp->probe) : flight_.find_by_sequence(error.sequence);
  if (probe == nullptr) return Reject::unknown_probe;
  if (error.stamp && error.stamp->nonce != nonce_of(config_.key, error.stamp->probe)) {
    return Reject::wrong_nonce;
  }
  if (!asked(*probe, error.destination)) return Reject::wrong_source;
  if (!std::exchange(probe->error_seen, true)) ++counters_.icmp_errors;
  return std::nullopt;
}

void Prober::accept(Probe& probe, Nanos received_at) {
  if (probe.state == ProbeState::answered) {
    ++counters_.duplicates;
    return;
  }
  const Nanos round_trip = std::max(received_at - probe.sent_at, Nanos{});
  if (probe.state == ProbeState::lost || round_trip > config_.timeout) {
    ++counters_.late;
    if (probe.state == ProbeState::pending) {
      ++counters_.lost;
      interval_of(probe)->count_lost();
    }
    probe.state = ProbeState::answered;
    return;
  }
  probe.state = ProbeState::answered;
  ++counters_.received;
  Jitter& jitter = jitters_[probe.target];
  jitter.add(round_trip);
  interval_of(probe)->count_reply(probe.target, round_trip, jitter.milliseconds());
}

void Prober::expire(Nanos now) {
  flight_.expire(now - config_.timeout, [this](const Probe& probe) {
    ++counters_.lost;
    interval_of(probe)->count_lost();
  });
  flight_.forget(now - memory(config_.timeout));
}

Interval* Prober::interval_of(const Probe& probe) {
  const std::uint32_t at = probe.interval - open_.front().number();
  return at < open_.size() ? &open_[at] : nullptr;
}

bool Prober::asked(const Probe& probe, const Address& host) {
  const Interval* interval = interval_of(probe);
  // The table of a closed interval is gone; its nonce has proved the reply, which only counts as
  // late.
  if (interval == nullptr) return true;
  const auto& address = interval->address(probe.target);
  return address && address->same_host(host);
}

void Prober::open_interval(Instant now) {
  const bool first = open_.empty();
  Span span = first ? first_span(now, config_.interval)
                    : next_span(open_.back().span(), now, config_.interval);
  const bool slept = !first && now.monotonic > span.start + 2 * config_.interval;
  if (slept) span = first_span(now, config_.interval);
  if (!first && span.label != open_.back().span().label + config_.interval) ++counters_.clock_steps;
  pacer_.begin(span.start, span.length);
  for (; (first || slept) && !pacer_.done() && pacer_.due() < now.monotonic; pacer_.advance()) {
    if (slept) ++counters_.skipped;
  }
  open_.emplace_back(next_interval_++, span, config_.targets, config_.count, addresses_);
}

void Prober::send_due(Nanos now, std::size_t& budget) {
  for (; budget > 0 && !pacer_.done() && pacer_.due() <= now; pacer_.advance()) {
    const std::uint32_t target = pacer_.target();
    const auto& address = open_.back().address(target);
    if (!address) continue;
    if (pacer_.due() < now - config_.interval) {
      ++counters_.skipped;
      continue;
    }
    queued_[index_of(address->family)].push_back(target);
    --budget;
  }
  for (Socket* socket : sockets_) {
    auto& queued = queued_[index_of(socket->family())];
    for (std::size_t at = 0; at < queued.size(); at += packets_a_send) {
      send_queued(*socket,
                  std::span(queued).subspan(at, std::min(packets_a_send, queued.size() - at)));
    }
    queued.clear();
  }
}

void Prober::send_queued(Socket& socket, std::span<const std::uint32_t> targets) {
  Interval& interval = open_.back();
  const std::size_t size = icmp_header_size + config_.payload;
  const std::uint32_t first = flight_.next_number();
  packets_.resize(size * targets.size());
  outgoing_.clear();
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const auto packet = std::span(packets_).subspan(i * size, size);
    const std::uint32_t number =
        flight_.add({.sent_at = now_, .target = targets[i], .interval = interval.number()});
    encode_request(socket.family(),
                   {.identifier = socket.identifier(),
                    .sequence = static_cast<std::uint16_t>(number),
                    .stamp = {number, nonce_of(config_.key, number)}},
                   packet);
    outgoing_.push_back({.to = *interval.address(targets[i]), .packet = packet});
  }
  socket.send(outgoing_);
  for (std::size_t i = 0; i < targets.size(); ++i) {
    Probe& probe = *flight_.find(first + static_cast<std::uint32_t>(i));
    probe.sent_at = outgoing_[i].sent_at;
    interval.count_sent(targets[i]);
    ++counters_.sent;
    if (outgoing_[i].error == 0) continue;
    probe.state = ProbeState::lost;
    interval.count_lost();
    ++counters_.lost;
    ++counters_.send_failed;
    if (on_send_failed) on_send_failed(targets[i], outgoing_[i].error);
  }
}

void Prober::close_first() {
  Interval& closed = open_.front();
  IntervalReport report{.label = closed.span().label, .rows = {}};
  for (std::size_t target = 0; target < config_.targets; ++target) {
    const Summary summary = closed.summary(target);
    if (closed.address(target) && summary.sent == 0) continue;
    report.rows.push_back({target, closed.address(target), summary});
  }
  if (!report.rows.empty()) reports_.push_back(std::move(report));
  open_.pop_front();
}

void Prober::finish() {
  flight_.expire(Nanos::max(), [this](const Probe& probe) {
    interval_of(probe)->take_back(probe.target);
    --counters_.sent;
  });
  while (!open_.empty()) close_first();
}

}  // namespace weir::icmp_source
