// SPDX-License-Identifier: Apache-2.0
#include "fake_network.hpp"

#include <algorithm>
#include <stdexcept>

namespace weir::icmp_source::testing {

void fix_checksum(Raw& message) {
  message[2] = message[3] = 0;
  const std::uint16_t sum = internet_checksum(message);
  message[2] = static_cast<std::uint8_t>(sum >> 8);
  message[3] = static_cast<std::uint8_t>(sum & 0xff);
}

Address address(const std::string& text) {
  const auto parsed = parse_address(text);
  if (!parsed) throw std::invalid_argument(text);
  return *parsed;
}

Raw ipv4_datagram(const Address& from, const Address& to, const Raw& content,
                  std::uint8_t protocol) {
  Raw out(20 + content.size());
  out[0] = 0x45;
  out[2] = static_cast<std::uint8_t>(out.size() >> 8);
  out[3] = static_cast<std::uint8_t>(out.size() & 0xff);
  out[8] = 64;
  out[9] = protocol;
  std::copy_n(from.bytes.begin(), 4, out.begin() + 12);
  std::copy_n(to.bytes.begin(), 4, out.begin() + 16);
  std::copy(content.begin(), content.end(), out.begin() + 20);
  return out;
}

Raw ipv6_datagram(const Address& from, const Address& to, const Raw& content) {
  Raw out(40 + content.size());
  out[0] = 0x60;
  out[4] = static_cast<std::uint8_t>(content.size() >> 8);
  out[5] = static_cast<std::uint8_t>(content.size() & 0xff);
  out[6] = 58;
  out[7] = 64;
  std::copy_n(from.bytes.begin(), 16, out.begin() + 8);
  std::copy_n(to.bytes.begin(), 16, out.begin() + 24);
  std::copy(content.begin(), content.end(), out.begin() + 40);
  return out;
}

Raw echo_reply(Family family, const Echo& echo, std::size_t payload) {
  Raw message(icmp_header_size + payload);
  encode_request(family, echo, message);
  message[0] = family == Family::ipv4 ? 0 : 129;
  if (family == Family::ipv4) fix_checksum(message);
  return message;
}

Raw icmp_error(Family family, std::uint8_t type, std::uint8_t code, const Raw& quote) {
  Raw message(icmp_header_size);
  message[0] = type;
  message[1] = code;
  message.insert(message.end(), quote.begin(), quote.end());
  if (family == Family::ipv4) fix_checksum(message);
  return message;
}

void FakeSocket::send(std::span<Outgoing> outgoing) {
  for (Outgoing& request : outgoing) {
    request.sent_at = *now_;
    Raw packet(request.packet.begin(), request.packet.end());
    // The request is read back through the decoder, as a reply.
    Raw as_reply = packet;
    as_reply[0] = family() == Family::ipv4 ? 0 : 129;
    if (family() == Family::ipv4) fix_checksum(as_reply);
    const Decoded decoded = decode(family() == Family::ipv4 ? Form::ipv4 : Form::ipv6, as_reply);
    std::optional<PacketOptions> options;
    if (request.options != nullptr) options = *request.options;
    requests.push_back({request.to, std::get<Echo>(decoded), std::move(packet), *now_,
                        requests.size(), options, request.stamped});
    request.error = refuse ? refuse(requests.back()) : 0;
    if (request.error != 0) continue;
    if (stamp) {
      for (const SendStamp& said : stamp(requests.back())) stamps_.push_back(said);
    }
    const auto answers = script
                             ? script(*this, requests.back())
                             : std::vector{reply(requests.back(), std::chrono::milliseconds(10))};
    for (const Answer& answer : answers) arrivals_.push_back({*now_ + answer.delay, answer});
  }
}

void FakeSocket::receive(Received& into) {
  into.stamps.clear();
  into.datagrams.clear();
  into.errors.clear();
  std::swap(into.stamps, stamps_);
  std::stable_sort(arrivals_.begin(), arrivals_.end(),
                   [](const Arrival& a, const Arrival& b) { return a.at < b.at; });
  const auto end = std::find_if(arrivals_.begin(), arrivals_.end(),
                                [this](const Arrival& arrival) { return arrival.at > *now_; });
  delivered_.assign(arrivals_.begin(), end);
  arrivals_.erase(arrivals_.begin(), end);
  for (const Arrival& arrival : delivered_) {
    into.datagrams.push_back({arrival.answer.from, arrival.answer.datagram, arrival.at});
  }
}

Answer FakeSocket::reply(const Request& request, Nanos delay,
                         const std::function<void(Echo&)>& forge) const {
  Echo echo = request.echo;
  if (forge) forge(echo);
  Raw message = echo_reply(family(), echo, request.packet.size() - icmp_header_size);
  if (form_ == Form::ipv4_with_header)
    message = ipv4_datagram(request.to, address("127.0.0.1"), message);
  return {delay, request.to, std::move(message)};
}

Answer FakeSocket::error(const Request& request, Nanos delay, const Address& router,
                         std::uint8_t type, std::uint8_t code, std::size_t quoted) const {
  const bool v4 = family() == Family::ipv4;
  const Address here = address(v4 ? "127.0.0.1" : "::1");
  Raw quote = v4 ? ipv4_datagram(here, request.to, request.packet)
                 : ipv6_datagram(here, request.to, request.packet);
  quote.resize(std::min(quote.size(), (v4 ? 20 : 40) + quoted));
  Raw message = icmp_error(family(), type, code, quote);
  if (form_ == Form::ipv4_with_header) message = ipv4_datagram(router, here, message);
  return {delay, router, std::move(message)};
}

}  // namespace weir::icmp_source::testing
