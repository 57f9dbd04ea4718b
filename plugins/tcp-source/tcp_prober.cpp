// SPDX-License-Identifier: Apache-2.0
#include "tcp_prober.hpp"

#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include "sockaddr.hpp"

namespace weir::tcp_source {
namespace {

using probing::ServiceOutcome;

// Long enough for a resolver that answers; one that does not must not hold up the start.
constexpr auto first_lookup_limit = std::chrono::seconds(2);

int pending_error(int fd) {
  int error = 0;
  socklen_t size = sizeof error;
  return ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

// What the kernel saw of the handshake: it holds no waiting of this process.
void add_kernel_figures(int fd, TcpResult& result) {
  tcp_info info{};
  socklen_t size = sizeof info;
  if (::getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return;
  result.retransmits = std::int64_t{info.tcpi_total_retrans};
  if (info.tcpi_rtt > 0) result.handshake_ms = info.tcpi_rtt / 1e3;
}

}  // namespace

TcpProber::TcpProber(const std::vector<Target>& targets, const TcpConfig& config,
                     std::unique_ptr<probing::LookupService> service)
    : config_(config) {
  std::vector<std::string> names;
  for (const Target& target : targets) {
    Place place{.address = probing::parse_address(target.place.host),
                .port = target.place.port,
                .error = "not resolved yet"};
    if (!place.address) {
      named_.push_back(places_.size());
      names.push_back(target.place.host);
    } else if (!probing::fits(config_.names.family, place.address->family)) {
      place.address.reset();
      place.error = "not of the family asked for";
    }
    places_.push_back(std::move(place));
  }
  resolver_ =
      std::make_unique<probing::Resolver>(std::move(names), config_.names, std::move(service));
  resolver_->wait_for_first(first_lookup_limit);
}

void TcpProber::take_names() {
  for (const auto& news : resolver_->take()) {
    Place& place = places_[named_[news.index]];
    // An address that worked is better than none while the resolver is away.
    if (!news.lookup.addresses.empty()) place.address = news.lookup.addresses.front();
    place.error = "the name does not resolve: " + news.lookup.error;
  }
}

void TcpProber::start(probing::ProbeId id) {
  take_names();
  const Place& place = places_[id.target];
  Probe probe;
  probe.result.probe = id;
  probe.result.address = place.address;
  if (place.address) return connect(place, std::move(probe));
  probe.result.outcome = ServiceOutcome::no_name;
  probe.result.sent = false;
  probe.result.error = place.error;
  ended_.push_back(std::move(probe.result));
}

void TcpProber::connect(const Place& place, Probe probe) {
  const bool v6 = place.address->family == probing::Family::ipv6;
  probe.socket = probing::FileDescriptor(
      ::socket(v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!probe.socket.valid()) return fail(probe, errno);
  socklen_t size = 0;
  sockaddr_in6 to = probing::to_sockaddr(*place.address, size);
  // The port has one place in both families' forms.
  to.sin6_port = htons(place.port);
  const int fd = probe.socket.get();
  probe.began = probing::machine_now().monotonic;
  probe.serial = ++serial_;
  const int status = ::connect(fd, reinterpret_cast<const sockaddr*>(&to), size);
  const int error = status == 0 ? 0 : errno;
  if (error != 0 && error != EINPROGRESS) return fail(probe, error);
  deadlines_.push_back({probe.began + config_.patience, fd, probe.serial});
  under_way_[fd] = std::move(probe);
  if (error == 0) return finish(fd, probing::machine_now().monotonic);
  poller_.watch(fd, EPOLLOUT);
}

void TcpProber::fail(Probe& probe, int error) {
  probe.result.outcome = probing::outcome_of_errno(error);
  probe.result.error = std::generic_category().message(error);
  ended_.push_back(std::move(probe.result));
}

void TcpProber::finish(int fd, Nanos now) {
  // Closing the socket takes it out of the poller.
  auto node = under_way_.extract(fd);
  if (node.empty()) return;
  Probe& probe = node.mapped();
  if (const int error = pending_error(fd); error != 0) return fail(probe, error);
  probe.result.received = true;
  probe.result.time = now - probe.began;
  add_kernel_figures(fd, probe.result);
  ended_.push_back(std::move(probe.result));
}

void TcpProber::expire(Nanos now) {
  for (; !deadlines_.empty() && deadlines_.front().time <= now; deadlines_.pop_front()) {
    const auto at = under_way_.find(deadlines_.front().fd);
    if (at == under_way_.end() || at->second.serial != deadlines_.front().serial) continue;
    fail(at->second, ETIMEDOUT);
    under_way_.erase(at);
  }
}

void TcpProber::work(Nanos limit, std::vector<TcpResult>& ended) {
  if (!ended_.empty()) limit = Nanos{};
  if (!deadlines_.empty()) {
    const Nanos left = deadlines_.front().time - probing::machine_now().monotonic;
    limit = std::clamp(left, Nanos{}, std::max(limit, Nanos{}));
  }
  const auto ready = poller_.wait(limit);
  const Nanos now = probing::machine_now().monotonic;
  for (const epoll_event& event : ready) finish(event.data.fd, now);
  // Connections that are there are looked at first: none is lost because this thread was late.
  if (ready.size() + 1 < probing::Poller::most_events) expire(now);
  std::move(ended_.begin(), ended_.end(), std::back_inserter(ended));
  ended_.clear();
}

}  // namespace weir::tcp_source
