// SPDX-License-Identifier: Apache-2.0
#include "dns_prober.hpp"

#include <ares.h>

#include <algorithm>
#include <iterator>
#include <memory>
#include <span>
#include <utility>

#include <weir/error.hpp>

#include "ares_library.hpp"

namespace weir::dns_source {
namespace {

using probing::ServiceOutcome;

// What fits an unfragmented datagram on any path (DNS flag day 2020).
constexpr int largest_datagram = 1232;

Nanos now() { return probing::machine_now().monotonic; }

// There is an answer that can be read.
void judge_answer(DnsResult& result) {
  const Answer& answer = *result.answer;
  constexpr int nxdomain = 3;
  if (answer.rcode == nxdomain) {
    result.outcome = ServiceOutcome::no_name;
    result.error = "the server says that there is no such name";
  } else if (answer.rcode != 0) {
    result.outcome = ServiceOutcome::rcode;
    result.error = "the server says " + rcode_text(answer.rcode);
  } else if (answer.answers == 0) {
    result.outcome = ServiceOutcome::no_data;
    result.error = "the answer holds no record of this type";
  }
}

void judge_silence(DnsResult& result, int status) {
  result.error = ::ares_strerror(status);
  switch (status) {
    case ARES_ETIMEOUT:
      result.outcome = ServiceOutcome::timeout;
      return;
    case ARES_ECONNREFUSED:
      result.outcome = ServiceOutcome::refused;
      return;
    case ARES_EBADRESP:
      result.outcome = ServiceOutcome::bad_answer;
      return;
    default:
      result.outcome = ServiceOutcome::send_failed;
  }
}

}  // namespace

DnsProber::DnsProber(Plan plan, Nanos patience) : plan_(std::move(plan)) {
  probing::start_ares_library();
  try {
    for (const Server& server : plan_.servers) open_channel(server, patience);
  } catch (...) {
    for (const Channel& channel : channels_) ::ares_destroy(channel.handle);
    throw;
  }
}

// Requests under way end here, with members that are still there.
DnsProber::~DnsProber() {
  for (const Channel& channel : channels_) ::ares_destroy(channel.handle);
}

void DnsProber::open_channel(const Server& server, Nanos patience) {
  Channel& channel = channels_.emplace_back(Channel{this, nullptr});
  ares_options options{};
  // One question is one question: no second try, and errors are answers.
  options.flags = ARES_FLAG_NOCHECKRESP | ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES | ARES_FLAG_EDNS;
  options.tries = 1;
  options.timeout =
      static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(patience).count());
  options.ednspsz = largest_datagram;
  options.sock_state_cb = &DnsProber::watch;
  options.sock_state_cb_data = &channel;
  int status = ::ares_init_options(&channel.handle, &options,
                                   ARES_OPT_FLAGS | ARES_OPT_TRIES | ARES_OPT_TIMEOUTMS |
                                       ARES_OPT_EDNSPSZ | ARES_OPT_SOCK_STATE_CB);
  if (status == ARES_SUCCESS)
    status = ::ares_set_servers_ports_csv(channel.handle, server.address.c_str());
  if (status == ARES_SUCCESS) return;
  throw Error("server '" + server.label + "' cannot be asked: " + ::ares_strerror(status));
}

void DnsProber::watch(void* channel, int fd, int readable, int writable) {
  const auto& [owner, handle] = *static_cast<const Channel*>(channel);
  const std::uint32_t events = (readable != 0 ? std::uint32_t{EPOLLIN} : 0U) |
                               (writable != 0 ? std::uint32_t{EPOLLOUT} : 0U);
  owner->poller_.watch(fd, events);
  if (events == 0) {
    owner->sockets_.erase(fd);
  } else {
    owner->sockets_[fd] = handle;
  }
}

void DnsProber::start(probing::ProbeId probe) {
  const Question& question = plan_.questions[probe.target];
  auto request = std::make_unique<Request>();
  request->owner = this;
  request->result.probe = probe;
  request->began = now();
  constexpr int internet = 1;
  // c-ares calls back once for each request, in ares_destroy at the latest.
  ::ares_query(channels_[question.server].handle, question.name.c_str(), internet,
               static_cast<int>(question.record), &DnsProber::end, request.release());
}

void DnsProber::end(void* argument, int status, int, unsigned char* bytes, int size) {
  const std::unique_ptr<Request> request(static_cast<Request*>(argument));
  if (status == ARES_EDESTRUCTION) return;
  DnsProber& owner = *request->owner;
  DnsResult& result = request->result;
  if (bytes == nullptr) {
    judge_silence(result, status);
  } else {
    result.received = true;
    result.time = now() - request->began;
    const Question& question = owner.plan_.questions[result.probe.target];
    result.answer = read_answer({bytes, static_cast<std::size_t>(size)}, question.record);
    if (result.answer) {
      judge_answer(result);
    } else {
      result.outcome = ServiceOutcome::bad_answer;
      result.error = "the answer breaks the DNS protocol";
    }
  }
  owner.ended_.push_back(std::move(result));
}

Nanos DnsProber::until_timeout(Nanos limit) const {
  if (!ended_.empty()) return Nanos{};
  for (const Channel& channel : channels_) {
    timeval left{};
    if (::ares_timeout(channel.handle, nullptr, &left) == nullptr) continue;
    limit = std::min<Nanos>(
        limit, std::chrono::seconds(left.tv_sec) + std::chrono::microseconds(left.tv_usec));
  }
  return limit;
}

void DnsProber::work(Nanos limit, std::vector<DnsResult>& ended) {
  for (const epoll_event& event : poller_.wait(until_timeout(limit))) {
    const auto channel = sockets_.find(event.data.fd);
    if (channel == sockets_.end()) continue;
    const bool readable = (event.events & (EPOLLIN | EPOLLERR | EPOLLHUP)) != 0;
    const bool writable = (event.events & EPOLLOUT) != 0;
    ::ares_process_fd(channel->second, readable ? event.data.fd : ARES_SOCKET_BAD,
                      writable ? event.data.fd : ARES_SOCKET_BAD);
  }
  for (const Channel& channel : channels_)
    ::ares_process_fd(channel.handle, ARES_SOCKET_BAD, ARES_SOCKET_BAD);  // timeouts
  std::move(ended_.begin(), ended_.end(), std::back_inserter(ended));
  ended_.clear();
}

}  // namespace weir::dns_source
