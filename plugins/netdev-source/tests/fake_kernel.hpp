// SPDX-License-Identifier: Apache-2.0
// A kernel with interfaces that a test makes, renames, counts and removes; its netlink sockets
// answer as the real ones do, and misbehave when told.
#pragma once

#include <cerrno>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "channel.hpp"
#include "messages.hpp"

namespace weir::netdev_source::test {

class FakeKernel {
 public:
  /// Adds, or tells of a change of, an interface.
  void set(LinkSpec link, bool tell = true) {
    const int index = link.index;
    links_[index].link = std::move(link);
    if (tell) event(message(RTM_NEWLINK, link_payload(links_[index].link), {0, 0, 0}));
  }
  void remove(int index, bool tell = true) {
    if (tell) event(message(RTM_DELLINK, link_payload(links_.at(index).link), {0, 0, 0}));
    links_.erase(index);
  }
  /// Sets the counters; packets are of 100 bytes.
  void count(int index, std::uint64_t rx_bytes, std::uint64_t tx_bytes = 0) {
    links_.at(index).counters = {.rx_bytes = rx_bytes,
                                 .rx_packets = rx_bytes / 100,
                                 .tx_bytes = tx_bytes,
                                 .tx_packets = tx_bytes / 100};
  }
  void count(int index, const Counters& counters) { links_.at(index).counters = counters; }
  void event(Octets datagram) {
    for (const auto& inbox : event_inboxes_) inbox->push_back({.bytes = datagram});
  }
  /// The sockets for events say that some were lost.
  void lose_events() {
    for (const auto& inbox : event_inboxes_) {
      inbox->clear();
      inbox->push_back({.error = ENOBUFS});
    }
  }

  [[nodiscard]] std::unique_ptr<Channel> open(std::uint32_t groups) {
    if (refuses != 0) throw std::system_error(refuses, std::generic_category(), "no netlink");
    auto inbox = std::make_shared<std::deque<Datagram>>();
    if (groups != 0) event_inboxes_.push_back(inbox);
    ++opened;
    return std::make_unique<Socket>(*this, std::move(inbox));
  }

  int refuses = 0;                      ///< errno of opening a socket
  bool without_statistics = false;      ///< as before Linux 4.7
  int interrupted_dumps = 0;            ///< how many answers bear NLM_F_DUMP_INTR
  int dumps_with_lost_parts = 0;        ///< how many answers lose a part to ENOBUFS
  int failing_sends = 0;                ///< how many questions cannot be sent
  std::function<void()> while_dumping;  ///< between two parts of an answer
  std::size_t opened = 0, dumps_of_links = 0, dumps_of_statistics = 0;

 private:
  struct Datagram {
    int error = 0;
    bool from_kernel = true;
    Octets bytes{};
  };
  struct Entry {
    LinkSpec link;
    Counters counters;
  };
  using Inbox = std::shared_ptr<std::deque<Datagram>>;

  class Socket final : public Channel {
   public:
    Socket(FakeKernel& kernel, Inbox inbox) : kernel_(&kernel), inbox_(std::move(inbox)) {}
    int send(netlink::ByteView request) override { return kernel_->answer(request, *inbox_); }
    Received receive(Patience) override {
      if (inbox_->empty()) return {.error = EAGAIN};
      current_ = std::move(inbox_->front());
      inbox_->pop_front();
      if (kernel_->while_dumping) std::exchange(kernel_->while_dumping, nullptr)();
      return {
          .error = current_.error, .from_kernel = current_.from_kernel, .bytes = current_.bytes};
    }
    std::uint32_t port() const override { return 77; }

   private:
    FakeKernel* kernel_;
    Inbox inbox_;
    Datagram current_;
  };

  int answer(netlink::ByteView request, std::deque<Datagram>& inbox) {
    if (failing_sends > 0) return --failing_sends, ECONNREFUSED;
    const auto question = netlink::Messages(request).next().value();
    Envelope envelope{.sequence = question.sequence};
    if (interrupted_dumps > 0 && interrupted_dumps-- > 0) envelope.flags |= NLM_F_DUMP_INTR;
    const bool statistics = question.type == RTM_GETSTATS;
    ++(statistics ? dumps_of_statistics : dumps_of_links);
    if (statistics && without_statistics) {
      inbox.push_back({.bytes = message(NLMSG_ERROR, octets_of(-EOPNOTSUPP), envelope)});
      return 0;
    }
    if (dumps_with_lost_parts > 0 && dumps_with_lost_parts-- > 0)
      inbox.push_back({.error = ENOBUFS});
    for (const auto& [index, entry] : links_) {  // a datagram each, so that order can go wrong
      inbox.push_back({.bytes = message(statistics ? RTM_NEWSTATS : RTM_NEWLINK,
                                        statistics ? statistics_payload(index, entry.counters)
                                                   : link_payload(entry.link),
                                        envelope)});
    }
    inbox.push_back({.bytes = message(NLMSG_DONE, octets_of(0), envelope)});
    return 0;
  }

  std::map<int, Entry> links_;
  std::vector<Inbox> event_inboxes_;
};

}  // namespace weir::netdev_source::test
