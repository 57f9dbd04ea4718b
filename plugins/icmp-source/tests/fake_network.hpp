// SPDX-License-Identifier: Apache-2.0
// A network in memory: takes the bytes that the prober sends and answers with bytes, as scripted.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "packet.hpp"
#include "socket.hpp"

namespace weir::icmp_source::testing {

using Raw = std::vector<std::uint8_t>;

/// A request as the network sees it.
struct Request {
  Address to;
  Echo echo;
  Raw packet;
  Nanos sent_at;
  std::size_t index;  ///< counts requests from 0
  std::optional<PacketOptions> options;
  bool stamped;
};

/// A datagram that arrives `delay` after the request was sent, from `from`.
struct Answer {
  Nanos delay;
  Address from;
  Raw datagram;
};

class FakeSocket final : public Socket {
 public:
  /// `now` is the test's clock; `form` decides family and framing.
  FakeSocket(const Nanos& now, Form form, std::uint16_t identifier)
      : now_(&now), form_(form), identifier_(identifier) {}

  /// What comes back for a request; default: a right reply after 10 ms.
  std::function<std::vector<Answer>(const FakeSocket&, const Request&)> script;
  /// errno for a request that the kernel refuses.
  std::function<int(const Request&)> refuse;
  /// What the kernel says of a request on its way; default: nothing.
  std::function<std::vector<SendStamp>(const Request&)> stamp;
  std::uint64_t drops = 0;
  std::vector<Request> requests;

  [[nodiscard]] Family family() const override {
    return form_ == Form::ipv6 ? Family::ipv6 : Family::ipv4;
  }
  [[nodiscard]] Form form() const override { return form_; }
  [[nodiscard]] std::uint16_t identifier() const override { return identifier_; }
  void send(std::span<Outgoing> outgoing) override;
  void receive(Received& into) override;
  [[nodiscard]] std::size_t capacity() const override { return 1 << 20; }
  [[nodiscard]] std::uint64_t dropped() const override { return drops; }

  /// The reply that a well-behaved host gives, changed by `forge` before checksums are made.
  [[nodiscard]] Answer reply(const Request& request, Nanos delay,
                             const std::function<void(Echo&)>& forge = {}) const;
  /// An ICMP error of `router` that quotes the request, with `quoted` bytes of its ICMP part.
  [[nodiscard]] Answer error(const Request& request, Nanos delay, const Address& router,
                             std::uint8_t type, std::uint8_t code, std::size_t quoted) const;

 private:
  struct Arrival {
    Nanos at;
    Answer answer;
  };
  const Nanos* now_;
  Form form_;
  std::uint16_t identifier_;
  std::vector<Arrival> arrivals_;
  std::vector<Arrival> delivered_;
  std::vector<SendStamp> stamps_;
};

/// The parts of datagrams, for tests that build them by hand.
[[nodiscard]] Raw ipv4_datagram(const Address& from, const Address& to, const Raw& content,
                                std::uint8_t protocol = 1);
[[nodiscard]] Raw ipv6_datagram(const Address& from, const Address& to, const Raw& content);
[[nodiscard]] Raw echo_reply(Family family, const Echo& echo, std::size_t payload);
[[nodiscard]] Raw icmp_error(Family family, std::uint8_t type, std::uint8_t code, const Raw& quote);
void fix_checksum(Raw& message);
[[nodiscard]] Address address(const std::string& text);

}  // namespace weir::icmp_source::testing
