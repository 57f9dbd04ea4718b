// SPDX-License-Identifier: Apache-2.0
// Asks DNS servers by c-ares: one channel a server, each question once, none of them blocking.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "answer.hpp"
#include "poller.hpp"
#include "questions.hpp"
#include "service.hpp"
#include "service_thread.hpp"

struct ares_channeldata;

namespace weir::dns_source {

using probing::Nanos;

struct DnsResult : probing::ServiceResult {
  std::optional<Answer> answer;

  struct Summary {
    std::optional<Answer> answer;  ///< the last of the interval
    void add(const DnsResult& result) {
      if (result.answer) answer = result.answer;
    }
  };
};

class DnsProber final : public probing::ServiceProber<DnsResult> {
 public:
  /// `patience`: for how long an answer is waited for. Throws Error where c-ares cannot start.
  DnsProber(Plan plan, Nanos patience);
  ~DnsProber() override;

  void start(probing::ProbeId probe) override;
  void work(Nanos limit, std::vector<DnsResult>& ended) override;
  void wake() override { poller_.wake(); }

 private:
  struct Channel {
    DnsProber* owner;
    ares_channeldata* handle;
  };
  struct Request {
    DnsProber* owner;
    DnsResult result;
    Nanos began;
  };

  void open_channel(const Server& server, Nanos patience);
  static void watch(void* channel, int fd, int readable, int writable);
  static void end(void* request, int status, int timeouts, unsigned char* bytes, int size);
  [[nodiscard]] Nanos until_timeout(Nanos limit) const;

  const Plan plan_;
  probing::Poller poller_;
  std::deque<Channel> channels_;  // by server; their addresses stay
  std::unordered_map<int, ares_channeldata*> sockets_;
  std::vector<DnsResult> ended_;
};

}  // namespace weir::dns_source
