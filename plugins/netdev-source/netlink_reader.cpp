// SPDX-License-Identifier: Apache-2.0
#include "netlink_reader.hpp"

#include <linux/rtnetlink.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <system_error>

namespace weir::netdev_source {
namespace {

// A router that learns the whole Internet tells of thousands of routes a second, and its table is
// long: it is not read more often than this.
constexpr Nanos route_pause = std::chrono::seconds(1);

bool by_index(const Measured& a, const Measured& b) { return a.index < b.index; }

}  // namespace

Reading NetlinkReader::read(const Clock& clock) {
  Reading reading;
  if (!questions_ || !events_) open(clock, reading);
  // Counters first, names after: a name is then never older than the counters that it is given to.
  dump_statistics(clock, reading);
  drain_events(clock, reading);
  if (follow_default_) follow_default(clock, reading);
  reading.present = links_.present();
  reading.changed = links_.take_changed() || reading.changed;
  reading.measured = measured_;
  reading.default_interface = default_interface_;
  return reading;
}

void NetlinkReader::open(const Clock& clock, Reading& reading) {
  // First it listens, then it asks, so that nothing falls between.
  const std::uint32_t routes = follow_default_ ? RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_ROUTE : 0;
  events_ = world_.open(RTMGRP_LINK | routes);
  questions_ = world_.open(0);
  dumper_.emplace(*questions_);
  dump_links(clock, reading);
}

void NetlinkReader::check(const DumpResult& result, const char* what, Reading& reading) {
  if (result.restarts > 0) reading.counts.emplace_back("interrupted_dumps", result.restarts);
  if (result.rejected > 0) reading.counts.emplace_back("rejected_messages", result.rejected);
  if (result.end == DumpResult::End::complete || result.end == DumpResult::End::interrupted) return;
  dumper_.reset();
  questions_.reset();
  events_.reset();
  const std::string message = std::string("the kernel did not tell the ") + what + ": " +
                              std::generic_category().message(result.error);
  if (result.end == DumpResult::End::unsupported) throw Unsupported(message);
  throw std::runtime_error(message);
}

void NetlinkReader::dump_links(const Clock& clock, Reading& reading) {
  const DumpHandler handler{.begin = [this] { links_.begin(); },
                            .take =
                                [this](const netlink::Message& message, Nanos) {
                                  if (message.type != RTM_NEWLINK) return;
                                  auto link = netlink::parse_link(message.payload);
                                  if (link) links_.see(std::move(*link));
                                }};
  const DumpResult result = dumper_->run(netlink::links_request, handler, clock);
  links_.end(result.end == DumpResult::End::complete);
  default_stale_ = true;
  check(result, "interfaces", reading);
}

void NetlinkReader::dump_statistics(const Clock& clock, Reading& reading) {
  std::size_t rejected = 0;
  const DumpHandler handler{
      .begin = [this] { measured_.clear(); },
      .take =
          [&](const netlink::Message& message, Nanos at) {
            if (message.type != RTM_NEWSTATS) return;
            const auto statistics = netlink::parse_statistics(message.payload);
            if (statistics) {
              measured_.push_back({statistics->index, at, statistics->counters});
            } else {
              ++rejected;
            }
          }};
  const DumpResult result = dumper_->run(netlink::statistics_request, handler, clock);
  check(result, "counters", reading);
  if (rejected > 0) reading.counts.emplace_back("rejected_messages", rejected);
  if (!std::is_sorted(measured_.begin(), measured_.end(), by_index))  // before Linux 6.9
    std::stable_sort(measured_.begin(), measured_.end(), by_index);
}

void NetlinkReader::drain_events(const Clock& clock, Reading& reading) {
  // What arrives while this runs can wait for the next time.
  constexpr int most_events = 100'000;
  bool lost = false;
  for (int i = 0; i < most_events; ++i) {
    const Channel::Received received = events_->receive(Channel::Patience::none);
    if (received.error == EAGAIN || received.error == EWOULDBLOCK) break;
    if (received.error == ENOBUFS || received.truncated) {
      lost = true;
      continue;
    }
    if (received.error != 0) {
      events_.reset();  // opened afresh, with a dump, the next time
      return;
    }
    netlink::Messages messages(received.from_kernel ? received.bytes : netlink::ByteView{});
    while (const auto message = messages.next()) apply(*message);
    if (messages.malformed() || !received.from_kernel)
      reading.counts.emplace_back("rejected_messages", 1);
  }
  if (!lost) return;
  reading.counts.emplace_back("lost_events", 1);
  dump_links(clock, reading);
}

void NetlinkReader::apply(const netlink::Message& event) {
  switch (event.type) {
    case RTM_NEWLINK:
      if (auto link = netlink::parse_link(event.payload)) links_.see(std::move(*link));
      // An interface that goes down takes its IPv4 routes with it without a word.
      default_stale_ = true;
      break;
    case RTM_DELLINK:
      if (const auto link = netlink::parse_link(event.payload)) links_.remove(link->index);
      default_stale_ = true;
      break;
    case RTM_NEWROUTE:
    case RTM_DELROUTE:
      if (netlink::is_default_route(event.payload)) default_stale_ = true;
      break;
    default:
      break;
  }
}

void NetlinkReader::follow_default(const Clock& clock, Reading& reading) {
  if (!default_stale_) return;
  const Nanos now = clock();
  if (default_read_at_ && now - *default_read_at_ < route_pause) return;
  default_read_at_ = now;
  default_stale_ = false;
  auto found = world_.machine.default_interface();
  if (found == default_interface_) return;
  default_interface_ = std::move(found);
  reading.changed = true;
}

Link NetlinkReader::link(const Present& interface) {
  std::optional<Link>* const known = links_.link(interface.index);
  if (known == nullptr) return {};
  if (!*known) {
    *known = links_.has_wire(interface.index) ? world_.machine.wire(interface.name) : Link{};
  }
  return **known;
}

}  // namespace weir::netdev_source
