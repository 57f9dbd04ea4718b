// SPDX-License-Identifier: Apache-2.0
#include "testing/dns_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <stdexcept>
#include <utility>

#include "address.hpp"
#include "sockaddr.hpp"

namespace weir::probing::testing {
namespace {

constexpr std::size_t header = 12;

Nanos steady_now() { return std::chrono::steady_clock::now().time_since_epoch(); }

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  name.sin_port = htons(port);
  return name;
}

FileDescriptor udp_socket(std::uint16_t port) {
  FileDescriptor socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const sockaddr_in name = loopback(port);
  if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&name), sizeof name) != 0) return {};
  return socket;
}

std::uint16_t port_of(const FileDescriptor& socket) {
  sockaddr_in name{};
  socklen_t size = sizeof name;
  if (::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&name), &size) != 0) return 0;
  return ntohs(name.sin_port);
}

}  // namespace

std::optional<DnsQuestion> read_question(std::span<const std::uint8_t> message) {
  DnsQuestion question;
  std::size_t at = header;
  for (; at < message.size() && message[at] != 0; at += 1U + message[at]) {
    for (std::size_t i = 1; i <= message[at] && at + i < message.size(); ++i)
      question.name += static_cast<char>(message[at + i]);
    question.name += '.';
  }
  constexpr std::size_t tail = 5;  // the root label, type and class
  if (at + tail > message.size()) return std::nullopt;
  question.type = static_cast<std::uint16_t>(message[at + 1] << 8U | message[at + 2]);
  const auto end = message.begin() + static_cast<std::ptrdiff_t>(at + tail);
  question.bytes.assign(message.begin(), end);
  return question;
}

DnsReply::DnsReply(const DnsQuestion& question, std::uint8_t code) : bytes_(question.bytes) {
  bytes_[2] = 0x81;
  bytes_[3] = static_cast<std::uint8_t>(0x80U | code);
  std::fill(bytes_.begin() + 6, bytes_.begin() + header, std::uint8_t{0});
}

DnsReply& DnsReply::add(std::uint16_t type, std::uint32_t ttl_s,
                        std::span<const std::uint8_t> data) {
  const auto put = [this](std::uint32_t value, unsigned size) {
    while (size-- > 0) bytes_.push_back(static_cast<std::uint8_t>(value >> 8U * size));
  };
  put(0xc000U | header, 2);  // the question's name
  put(type, 2);
  put(1, 2);  // class: internet
  put(ttl_s, 4);
  put(static_cast<std::uint32_t>(data.size()), 2);
  bytes_.insert(bytes_.end(), data.begin(), data.end());
  return announce(static_cast<std::uint8_t>(bytes_[7] + 1));
}

DnsReply& DnsReply::add_address(std::string_view address, std::uint32_t ttl_s) {
  const Address parsed = parse_address(std::string(address)).value();
  const bool v4 = parsed.family == Family::ipv4;
  return add(v4 ? dns_a : dns_aaaa, ttl_s, std::span(parsed.bytes).first(v4 ? 4 : 16));
}

DnsReply& DnsReply::announce(std::uint8_t records) {
  bytes_[7] = records;
  return *this;
}

// A port that the kernel chose is lost when a socket is disconnected; one that was asked for stays
// (refuse). So a first socket finds a free one.
DnsServer::DnsServer(Answers answers) : answers_(std::move(answers)) {
  for (int tries = 0; tries < 20 && !socket_.valid(); ++tries) {
    port_ = port_of(udp_socket(0));
    if (port_ != 0) socket_ = udp_socket(port_);
  }
  nobody_ = udp_socket(0);
  wake_ = FileDescriptor(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!socket_.valid() || !nobody_.valid() || !wake_.valid())
    throw std::runtime_error("no UDP port on loopback");
  thread_ = std::thread([this] { serve(); });
}

DnsServer::~DnsServer() {
  stopping_ = true;
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(wake_.get(), &one, sizeof one);
  thread_.join();
}

// A socket that is connected to another one takes from nobody else.
void DnsServer::refuse(bool refuses) {
  sockaddr_in to = loopback(port_of(nobody_));
  if (!refuses) to.sin_family = AF_UNSPEC;
  if (::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0)
    throw std::runtime_error("the DNS server cannot change whom it hears");
}

void DnsServer::serve() {
  while (!stopping_) {
    const Nanos wait = send_due();
    const auto limit = std::chrono::ceil<std::chrono::milliseconds>(wait).count();
    std::array<pollfd, 2> watched{pollfd{.fd = socket_.get(), .events = POLLIN, .revents = 0},
                                  pollfd{.fd = wake_.get(), .events = POLLIN, .revents = 0}};
    if (::poll(watched.data(), watched.size(), static_cast<int>(limit)) > 0) receive();
  }
}

Nanos DnsServer::send_due() {
  const Nanos now = steady_now();
  while (!due_.empty() && due_.begin()->first <= now) {
    const auto first = due_.extract(due_.begin());
    const Due& due = first.mapped();
    ::sendto(socket_.get(), due.bytes.data(), due.bytes.size(), 0,
             reinterpret_cast<const sockaddr*>(due.to.data()),
             static_cast<socklen_t>(due.to.size()));
  }
  return due_.empty() ? Nanos{std::chrono::hours(1)} : due_.begin()->first - now;
}

void DnsServer::receive() {
  std::array<std::uint8_t, 1500> bytes{};
  while (true) {
    Due due{.bytes = {}, .to = std::vector<std::uint8_t>(sizeof(sockaddr_in))};
    auto size = static_cast<socklen_t>(due.to.size());
    const ssize_t got = ::recvfrom(socket_.get(), bytes.data(), bytes.size(), 0,
                                   reinterpret_cast<sockaddr*>(due.to.data()), &size);
    if (got < 0) return;
    const auto question = read_question(std::span(bytes).first(static_cast<std::size_t>(got)));
    if (!question) continue;
    ++asked_;
    Answer answer = answers_(*question);
    if (answer.bytes.empty()) continue;
    due.bytes = std::move(answer.bytes);
    due_.emplace(steady_now() + answer.after, std::move(due));
  }
}

}  // namespace weir::probing::testing
