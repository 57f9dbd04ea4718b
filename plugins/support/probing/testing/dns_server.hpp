// SPDX-License-Identifier: Apache-2.0
#pragma once
/// For tests: a DNS server on loopback (UDP) that answers what the test says, when the test says.

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "file_descriptor.hpp"
#include "time.hpp"

namespace weir::probing::testing {

using Bytes = std::vector<std::uint8_t>;

/// Types of records and codes of answers (RFC 1035, RFC 3596).
constexpr std::uint16_t dns_a = 1, dns_cname = 5, dns_mx = 15, dns_aaaa = 28;
constexpr std::uint8_t dns_servfail = 2, dns_nxdomain = 3;

struct DnsQuestion {
  std::string name;  ///< with the dot at its end, as asked
  std::uint16_t type = 0;
  Bytes bytes;  ///< header and question
};
/// The first question of a message; nothing where it is cut short.
[[nodiscard]] std::optional<DnsQuestion> read_question(std::span<const std::uint8_t> message);

/// An answer in the making.
class DnsReply {
 public:
  explicit DnsReply(const DnsQuestion& question, std::uint8_t code = 0);
  /// A record of the name that was asked for.
  DnsReply& add(std::uint16_t type, std::uint32_t ttl_s, std::span<const std::uint8_t> data);
  /// An A or AAAA record; `address` is numeric.
  DnsReply& add_address(std::string_view address, std::uint32_t ttl_s);
  /// Says that so many records are there, whether they are or not.
  DnsReply& announce(std::uint8_t records);
  [[nodiscard]] const Bytes& bytes() const { return bytes_; }

 private:
  Bytes bytes_;
};

class DnsServer {
 public:
  struct Answer {
    Bytes bytes;    ///< none: silence
    Nanos after{};  ///< the question came
  };
  /// Called on the server's own thread.
  using Answers = std::function<Answer(const DnsQuestion& question)>;

  /// Throws std::runtime_error where loopback has no port.
  explicit DnsServer(Answers answers);
  ~DnsServer();
  DnsServer(const DnsServer&) = delete;
  DnsServer& operator=(const DnsServer&) = delete;
  /// "127.0.0.1:port".
  [[nodiscard]] std::string place() const { return "127.0.0.1:" + std::to_string(port_); }
  /// While true nobody listens: the kernel refuses questions, and the port stays this server's.
  void refuse(bool refuses);
  /// Questions that came, answered or not.
  [[nodiscard]] int asked() const { return asked_; }

 private:
  void serve();
  void receive();
  /// Sends what is due; how long until there is more.
  [[nodiscard]] Nanos send_due();

  struct Due {
    Bytes bytes;
    std::vector<std::uint8_t> to;  // the bytes of a sockaddr
  };

  const Answers answers_;
  std::uint16_t port_ = 0;
  FileDescriptor socket_, nobody_, wake_;
  std::atomic<bool> stopping_ = false;
  std::atomic<int> asked_ = 0;
  std::multimap<Nanos, Due> due_;  // of the thread alone
  std::thread thread_;
};

}  // namespace weir::probing::testing
