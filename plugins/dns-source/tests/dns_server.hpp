// SPDX-License-Identifier: Apache-2.0
// A DNS server on loopback (UDP) that knows a few names and misbehaves for others.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include "testing/loopback.hpp"

namespace weir::dns_source::testing {

using Bytes = std::vector<std::uint8_t>;

/// The answer to a question, or nothing, which is silence:
///   works.test    A: an alias (60 s) to two addresses (300 s); MX: one (40 s); else no data
///   silent.test   silence
///   broken.test   a server failure
///   cut.test      two answers announced and none there
///   others        no such name
[[nodiscard]] Bytes answer(const Bytes& question);

class DnsServer {
 public:
  DnsServer() : thread_([this] { serve(); }) {}
  ~DnsServer() {
    stopping_ = true;
    thread_.join();
  }
  DnsServer(const DnsServer&) = delete;
  DnsServer& operator=(const DnsServer&) = delete;
  [[nodiscard]] std::string place() const { return socket_.place(); }
  /// Questions that came, answered or not.
  [[nodiscard]] int asked() const { return asked_; }

 private:
  void serve();

  probing::testing::LoopbackSocket socket_{SOCK_DGRAM};
  std::atomic<bool> stopping_ = false;
  std::atomic<int> asked_ = 0;
  std::thread thread_;
};

}  // namespace weir::dns_source::testing
