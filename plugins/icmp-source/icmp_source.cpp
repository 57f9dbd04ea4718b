// SPDX-License-Identifier: Apache-2.0
// The node at work; how it starts is icmp_source_open.cpp.
#include "icmp_source.hpp"

#include <algorithm>
#include <system_error>

namespace weir::icmp_source {
namespace {

// Rows of probes are collected for so long, and no more of them than this.
constexpr Nanos probe_rows_wait = std::chrono::milliseconds(200);
constexpr std::size_t most_probe_rows = 4096;
constexpr Nanos interface_look = std::chrono::seconds(1);
constexpr int most_warnings = 10;

}  // namespace

void IcmpSource::warn(const std::string& text) {
  if (++warnings_ < most_warnings) context_->log(Level::warning, text);
  if (warnings_ == most_warnings) {
    context_->log(Level::warning,
                  text + "; more of such warnings are not told: see the column 'error'");
  }
}

bool IcmpSource::has_socket(Family family) const {
  return std::any_of(sockets_.sockets.begin(), sockets_.sockets.end(),
                     [&](const auto& socket) { return socket->family() == family; });
}

void IcmpSource::give_address(std::size_t target, std::uint32_t slot, const Address& address) {
  prober_->set_address(slot, address);
  unasked_.erase(slot);
  if (has_socket(address.family)) return;
  unasked_[slot] = to_text(address) + " has a family without a socket (" + sockets_.problem + ")";
  warn(named(target) + " (" + to_text(address) + ") has a family without a socket (" +
       sockets_.problem + "); its rows say 100 % loss");
}

void IcmpSource::apply(const probing::Resolution& news) {
  const std::size_t index = resolved_targets_[news.index];
  const Target& target = targets_[index];
  if (!news.lookup.addresses.empty()) return give_addresses(index, news.lookup.addresses);
  // An address that worked is better than none while the resolver is away.
  const auto& known = of_names_[target.first_slot];
  if (!known) unasked_[target.first_slot] = "the name does not resolve: " + news.lookup.error;
  warn(named(index) + " does not resolve (" + news.lookup.error + "); " +
       (known ? "going on with " + to_text(*known) : "its rows say 100 % loss") + " until it does");
}

// An address that is still there keeps its slot, and its series.
void IcmpSource::give_addresses(std::size_t index, std::vector<Address> found) {
  const Target& target = targets_[index];
  std::stable_partition(found.begin(), found.end(),
                        [this](const Address& address) { return has_socket(address.family); });
  std::uint32_t first = target.first_slot;
  const std::uint32_t end = first + target.slots;
  const auto has = [&](std::uint32_t slot) {
    return of_names_[slot] &&
           std::find(found.begin(), found.end(), *of_names_[slot]) != found.end();
  };
  std::vector<std::uint32_t> free;
  for (std::uint32_t slot = first; slot < end; ++slot) {
    if (has(slot)) {
      std::erase(found, *of_names_[slot]);
    } else {
      free.push_back(slot);
    }
  }
  for (const std::uint32_t slot : free) {
    if (found.empty()) {
      // The first slot speaks for the name, so it is never the one that stays empty.
      if (slot == first && target.slots > 1) continue;
      if (of_names_[slot]) prober_->set_address(slot, std::nullopt);
      of_names_[slot].reset();
      continue;
    }
    of_names_[slot] = found.front();
    found.erase(found.begin());
    give_address(index, slot, *of_names_[slot]);
    context_->log(Level::info, named(index) + " is " + to_text(*of_names_[slot]));
  }
  if (target.slots > 1 && !found.empty())
    warn(named(index) + " has more addresses than the 8 that are pinged");
}

// One that is not there yet may come, and one that comes again has another index.
void IcmpSource::look_for_interfaces(Nanos now) {
  if (now < next_interface_look_) return;
  next_interface_look_ = now + interface_look;
  for (std::size_t profile = 0; profile < interfaces_.size(); ++profile) {
    if (interfaces_[profile].empty()) continue;
    // An index that no interface has: sending fails with a reason until it is there.
    constexpr std::uint32_t nowhere = 0x7fffffff;
    const std::uint32_t found = world_.interface_index(interfaces_[profile]);
    PacketOptions& packet = packet_options_[profile];
    const std::uint32_t wanted = found == 0 ? nowhere : found;
    if (packet.interface == wanted) continue;
    packet.interface = wanted;
    prober_->set_packet_options(profile, packet);
    if (found == 0) {
      warn("interface '" + interfaces_[profile] +
           "' is not there; probes by it count as not sent until it is");
    } else {
      context_->log(Level::info, "interface '" + interfaces_[profile] + "' is there");
    }
  }
}

void IcmpSource::report_send_failure(std::uint32_t slot, int error) {
  if (std::exchange(send_errors_[slot], error) == error) return;
  warn("cannot send to " + named(target_of_slot_[slot]) + ": " +
       std::generic_category().message(error) + "; such probes count as lost (told once)");
}

bool IcmpSource::emit_rows(Output& output) {
  IntervalRow row;
  while (rows_->size() < rows_a_batch && prober_->next_row(row)) {
    std::string_view unasked;
    if (!row.address) {
      const auto reason = unasked_.find(row.slot);
      unasked = reason == unasked_.end() ? std::string_view("not resolved yet") : reason->second;
    }
    rows_->add(row, label_of(target_of_slot_[row.slot]), unasked);
  }
  if (rows_->size() == 0) return false;
  output.emit(rows_->build(), "out");
  return true;
}

void IcmpSource::emit_probes(Output& output) {
  if (probe_rows_ && probe_rows_->size() > 0) output.emit(probe_rows_->build(), "probes");
}

Next IcmpSource::produce(Output& output) {
  if (!prober_) return End{};
  const Nanos now = context_->monotonic();
  for (const auto& news : resolver_->take()) apply(news);
  look_for_interfaces(now);
  prober_->step({.monotonic = now, .utc = context_->now().time_since_epoch()});
  if (probe_rows_ &&
      (now - probe_rows_since_ >= probe_rows_wait || probe_rows_->size() >= most_probe_rows)) {
    emit_probes(output);
    probe_rows_since_ = now;
  }
  Nanos wake = prober_->next_wake();
  if (pace_.due(now) && emit_rows(output)) {
    pace_.left(now, prober_->waiting_rows());
    publish_counters();
    if (pace_.due(now)) return Again{};
  }
  // Rows leave along with probes where there are any to send.
  if (prober_->waiting_rows().rows > 0)
    wake = std::min(wake, (pace_.next() + options.tick - Nanos{1}) / options.tick * options.tick);
  const Duration pause = std::max<Duration>(wake - context_->monotonic(), Duration{});
  return Wait{context_->now() + pause, prober_->wants_wake_by_reply() ? sockets_.watch.get() : -1};
}

void IcmpSource::finish(Reason, Output& output) {
  if (!prober_) return;
  prober_->finish();
  while (emit_rows(output)) {
  }
  emit_probes(output);
  publish_counters();
}

void IcmpSource::publish_counters() {
  const Counters& now = prober_->counters();
  const auto publish = [this](const char* counter, std::uint64_t total, std::uint64_t before) {
    if (total > before) context_->count(counter, total - before);
  };
  publish("lost_probes", now.lost, published_.lost);
  publish("late_replies", now.late, published_.late);
  publish("duplicate_replies", now.duplicates, published_.duplicates);
  publish("reordered_replies", now.reordered, published_.reordered);
  publish("icmp_errors", now.icmp_errors, published_.icmp_errors);
  publish("send_failures", now.send_failed, published_.send_failed);
  publish("skipped_probes", now.skipped, published_.skipped);
  publish("clock_steps", now.clock_steps, published_.clock_steps);
  publish("host_stalls", now.stalls, published_.stalls);
  publish("unstamped_probes", now.unstamped, published_.unstamped);
  for (std::size_t reason = 0; reason < reject_count; ++reason) {
    // Other people's pings pass through a raw socket all the time; they say nothing about ours.
    const auto kind = static_cast<Reject>(reason);
    if (kind == Reject::not_a_reply || kind == Reject::other_identifier) continue;
    publish("rejected_datagrams", now.rejected[reason], published_.rejected[reason]);
  }
  published_ = now;
  std::uint64_t dropped = 0;
  for (const auto& socket : sockets_.sockets) dropped += socket->dropped();
  publish("receive_dropped", dropped, std::exchange(published_dropped_, dropped));
}

}  // namespace weir::icmp_source
