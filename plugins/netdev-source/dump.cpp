// SPDX-License-Identifier: Apache-2.0
#include "dump.hpp"

#include <linux/netlink.h>

#include <cerrno>

namespace weir::netdev_source {
namespace {

using End = DumpResult::End;

// Takes the messages of one datagram; true when the answer has ended.
bool take_all(netlink::Messages messages, std::uint32_t sequence, std::uint32_t port,
              const DumpHandler& handler, Nanos at, DumpResult& result) {
  while (const auto message = messages.next()) {
    // What is left of an earlier question, or an event.
    if (message->sequence != sequence || message->port != port) continue;
    if ((message->flags & NLM_F_DUMP_INTR) != 0) result.end = End::interrupted;
    if (message->type == NLMSG_DONE || message->type == NLMSG_ERROR) {
      result.error = netlink::parse_error(message->payload).value_or(EBADMSG);
      if (message->type == NLMSG_ERROR && result.error == 0) continue;  // an acknowledgement
      if (result.error != 0)
        result.end = result.error == EOPNOTSUPP ? End::unsupported : End::failed;
      return true;
    }
    if (message->type >= NLMSG_MIN_TYPE) handler.take(*message, at);
  }
  if (messages.malformed()) ++result.rejected;
  return false;
}

}  // namespace

DumpResult Dumper::once(Request request, const DumpHandler& handler, const Clock& clock) {
  DumpResult result;
  const std::uint32_t sequence = ++sequence_;
  if (const int error = channel_->send(request(sequence)); error != 0)
    return {.end = End::failed, .error = error};
  Nanos written = clock();
  // An answer has an end, and a hostile one must too.
  constexpr int most_datagrams = 100'000;
  for (int datagrams = 0; datagrams < most_datagrams; ++datagrams) {
    const Channel::Received received = channel_->receive(Channel::Patience::a_second);
    const Nanos next_written = clock();
    if (received.error == ENOBUFS) {  // a part is lost; what follows still has to be fetched
      result.end = End::interrupted;
    } else if (received.error != 0) {
      return {.end = End::failed, .error = received.error, .rejected = result.rejected};
    } else if (!received.from_kernel) {
      ++result.rejected;
      continue;
    } else if (received.truncated) {
      return {.end = End::failed, .error = EMSGSIZE, .rejected = result.rejected};
    } else if (take_all(netlink::Messages(received.bytes), sequence, channel_->port(), handler,
                        written, result)) {
      return result;
    }
    written = next_written;
  }
  return {.end = End::failed, .error = EBADMSG, .rejected = result.rejected};
}

DumpResult Dumper::run(Request request, const DumpHandler& handler, const Clock& clock) {
  std::size_t rejected = 0;
  for (unsigned restarts = 0;; ++restarts) {
    handler.begin();
    DumpResult result = once(request, handler, clock);
    rejected += result.rejected;
    if (result.end != End::interrupted || restarts == most_restarts) {
      result.restarts = restarts;
      result.rejected = rejected;
      return result;
    }
  }
}

}  // namespace weir::netdev_source
