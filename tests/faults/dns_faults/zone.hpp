// SPDX-License-Identifier: Apache-2.0
// The names of the test, the trouble of their server, and who asked for what when.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "testing/dns_server.hpp"

namespace weir::dns_faults {

enum class Trouble { none, silent, refused, failing, slow };

/// Names of 127.0.0.0/8. `ping-…`, `tcp-…` and `asked` are known from the start, `late-…` only when
/// the trouble is over; then all have other addresses than before. Every answer lives for a second,
/// so that only the resolver itself keeps questions rare.
class Zone {
 public:
  Zone();
  [[nodiscard]] std::string place() const { return server_.place(); }
  void begin(Trouble trouble);
  /// The trouble is over, and the addresses are others.
  void change();

  /// The address of a name now, or before the change.
  [[nodiscard]] static std::string address(const std::string& name, bool changed);

  struct Asked {
    std::size_t questions = 0;
    std::size_t names = 0;
    std::size_t most_a_minute = 0;  ///< questions for one name within any 60 s
  };
  /// Of the questions of resolvers so far; those that were refused are not seen.
  [[nodiscard]] Asked asked() const;
  /// Questions for asked.test, which dns-source asks by itself.
  [[nodiscard]] std::size_t asked_by_dns_source() const;

 private:
  using Clock = std::chrono::steady_clock;
  [[nodiscard]] probing::testing::DnsServer::Answer answer(
      const probing::testing::DnsQuestion& question);

  std::atomic<Trouble> trouble_ = Trouble::none;
  std::atomic<bool> changed_ = false;
  mutable std::mutex mutex_;  // guards what follows
  std::map<std::string, std::vector<Clock::time_point>> asked_;
  probing::testing::DnsServer server_;  // the last: its thread uses what stands above
};

}  // namespace weir::dns_faults
