// SPDX-License-Identifier: Apache-2.0
#include "socket_linux.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>
#include <utility>

namespace weir::icmp_source {
namespace {

constexpr std::size_t datagrams_a_call = 32;
// One time is taken for each call of sendmmsg, and the last packet of a call leaves some 5 µs a
// packet later: calls are kept short, so that the time before SCHED stays a sign of a stall.
constexpr std::size_t requests_a_call = 16;
// Requests whose stamps may still come: more than the queue of an interface holds.
constexpr std::uint32_t remembered_ids = 8192;
// What the kernel accounts for a reply and two stamps of small probes.
constexpr std::size_t bytes_a_probe = 4096;
// Of the request that an ICMP error quotes: its header and our stamp.
constexpr std::size_t quote_size = 64;
// An ICMP error makes the next call fail once, whatever it is for; a flood of them more often.
constexpr int most_repeats = 4;
// UTC of stamp and clock may differ by their own error; more than that is a clock that stepped.
constexpr Nanos clock_error = std::chrono::microseconds(2);

Nanos to_nanos(const timespec& time) {
  return std::chrono::seconds(time.tv_sec) + Nanos{time.tv_nsec};
}

std::span<const std::uint8_t> control_of(const msghdr& header) {
  return {static_cast<const std::uint8_t*>(header.msg_control), header.msg_controllen};
}

}  // namespace

// What recvmmsg and sendmmsg fill, kept so that no call sets it up in full.
struct LinuxSocket::Buffers {
  explicit Buffers(std::size_t payload)
      // An ICMP error may be larger than a reply to us: 1500 holds any that is not fragmented.
      : datagram_size(std::max<std::size_t>(payload + 128, 1500)),
        bytes(datagram_size * datagrams_a_call) {
    for (std::size_t i = 0; i < datagrams_a_call; ++i)
      vectors[i] = {bytes.data() + i * datagram_size, datagram_size};
  }
  // Reports have vectors of their own: what was received before them is still to be read. Stamps
  // come without their packet (OPT_TSONLY), ICMP errors with what they quote.
  void prepare(bool reports) {
    for (std::size_t i = 0; i < datagrams_a_call; ++i) {
      quote_vectors[i] = {quotes[i].data(), quote_size};
      messages[i].msg_hdr = {.msg_name = &names[i],
                             .msg_namelen = static_cast<socklen_t>(sizeof names[i]),
                             .msg_iov = reports ? &quote_vectors[i] : &vectors[i],
                             .msg_iovlen = 1,
                             .msg_control = controls[i].bytes.data(),
                             .msg_controllen = controls[i].bytes.size(),
                             .msg_flags = 0};
    }
  }

  struct alignas(8) Control {
    std::array<std::uint8_t, 192> bytes;
  };
  std::size_t datagram_size;
  std::vector<std::uint8_t> bytes;
  std::array<iovec, datagrams_a_call> vectors{};
  std::array<std::array<std::uint8_t, quote_size>, datagrams_a_call> quotes{};
  std::array<iovec, datagrams_a_call> quote_vectors{};
  std::array<sockaddr_in6, datagrams_a_call> names{};
  std::array<Control, datagrams_a_call> controls{};
  std::array<mmsghdr, datagrams_a_call> messages{};
};

LinuxSocket::LinuxSocket(OpenSocket opened, std::size_t payload, Clock clock)
    : socket_(std::move(opened)),
      clock_(std::move(clock)),
      numbers_(socket_.stamps_sending ? remembered_ids : 0),
      kernel_dropped_(socket_.dropped),
      buffers_(std::make_unique<Buffers>(payload)) {}

LinuxSocket::~LinuxSocket() = default;

Form LinuxSocket::form() const {
  if (family() == Family::ipv6) return Form::ipv6;
  return kind() == SocketKind::raw ? Form::ipv4_with_header : Form::ipv4;
}

std::size_t LinuxSocket::capacity() const {
  return std::max<std::size_t>(socket_.receive_buffer / bytes_a_probe, requests_a_call);
}

// The pair is taken again when the process was interrupted between its halves; the closest counts.
LinuxSocket::Clocks LinuxSocket::read_clocks() const {
  Clocks clocks{};
  Nanos closest = Nanos::max();
  for (int attempt = 0; attempt < 4 && closest >= clock_error; ++attempt) {
    const Nanos before = clock_();
    timespec time{};
    ::clock_gettime(CLOCK_REALTIME, &time);
    const Nanos apart = clock_() - before;
    if (apart >= closest) continue;
    closest = apart;
    clocks = {before + apart / 2, to_nanos(time)};
  }
  return clocks;
}

// The kernel stamps in UTC. Stamp and reading are milliseconds apart, so the age is right unless
// the clock stepped in between: then there is no stamp.
std::optional<Nanos> LinuxSocket::Clocks::to_monotonic(Nanos stamp) const {
  const Nanos age = utc - stamp;
  if (age < -clock_error || age > std::chrono::minutes(1)) return std::nullopt;
  return monotonic - age;
}

void LinuxSocket::send(std::span<Outgoing> requests) {
  while (!requests.empty()) {
    // IPv4's don't-fragment is of the socket: requests of one kind go together.
    const auto wish = [](const Outgoing& request) {
      return request.options == nullptr ? std::nullopt : request.options->dont_fragment;
    };
    std::size_t count = 1;
    while (count < std::min(requests.size(), requests_a_call) &&
           wish(requests[count]) == wish(requests[0])) {
      ++count;
    }
    set_fragmenting(wish(requests[0]));
    requests = requests.subspan(send_some(requests.first(count)));
  }
}

void LinuxSocket::set_fragmenting(std::optional<bool> dont_fragment) {
  if (family() == Family::ipv6 || dont_fragment == dont_fragment_) return;
  dont_fragment_ = dont_fragment;
  const int mode = !dont_fragment   ? IP_PMTUDISC_WANT
                   : *dont_fragment ? IP_PMTUDISC_PROBE
                                    : IP_PMTUDISC_DONT;
  static_cast<void>(::setsockopt(fd(), IPPROTO_IP, IP_MTU_DISCOVER, &mode, sizeof mode));
}

std::size_t LinuxSocket::send_some(std::span<Outgoing> requests) {
  std::array<sockaddr_in6, requests_a_call> names{};
  std::array<iovec, requests_a_call> vectors{};
  std::array<mmsghdr, requests_a_call> messages{};
  std::array<SendControl, requests_a_call> controls;
  for (std::size_t i = 0; i < requests.size(); ++i) {
    const Outgoing& request = requests[i];
    msghdr& header = messages[i].msg_hdr;
    names[i] = to_sockaddr(request.to, header.msg_namelen);
    // iovec serves reading and writing alike, so it cannot be const; sendmmsg only reads.
    vectors[i] = {const_cast<std::uint8_t*>(request.packet.data()), request.packet.size()};
    header.msg_name = &names[i];
    header.msg_iov = &vectors[i];
    header.msg_iovlen = 1;
    const bool plain = request.stamped || !socket_.stamps_sending;
    if (plain && request.options == nullptr) continue;
    header.msg_controllen = write_control(family(), request.options, plain, controls[i]);
    if (header.msg_controllen > 0) header.msg_control = controls[i].bytes.data();
  }
  int sent = 0;
  Nanos now{};
  int repeats = 0;
  do {
    now = clock_();
    sent = ::sendmmsg(fd(), messages.data(), static_cast<unsigned>(requests.size()), MSG_DONTWAIT);
  } while (sent < 0 && (errno == EINTR || (failed_for_another(errno) && ++repeats < most_repeats)));
  const int error = sent < 0 ? errno : EAGAIN;
  // An error is reported for the first packet only; those behind it are tried again.
  const std::size_t done = sent > 0 ? static_cast<std::size_t>(sent) : 1;
  if (sent <= 0) requests[0].error = error;
  for (std::size_t i = 0; i < done; ++i) {
    requests[i].sent_at = now;
    if (sent > 0 && requests[i].stamped) remember_id(requests[i].number);
  }
  // Whether a request that failed took an id depends on where it failed and on the kernel.
  if (static_cast<std::size_t>(std::max(sent, 0)) != requests.size() || repeats > 0) restart_ids();
  return done;
}

// The kernel hands an ICMP error to whichever call comes next. One that is this call's own comes
// again when the call is made again.
bool LinuxSocket::failed_for_another(int error) const {
  return kind() == SocketKind::ping && error != EAGAIN && error != EINTR;
}

void LinuxSocket::remember_id(std::uint32_t number) {
  if (!socket_.stamps_sending) return;
  numbers_[next_id_++ % remembered_ids] = number;
  ids_given_ = std::min(ids_given_ + 1, remembered_ids);
  stamps_due_ += 2;
}

void LinuxSocket::restart_ids() {
  if (!socket_.stamps_sending) return;
  set_stamping(fd(), false);
  set_stamping(fd(), true);
  next_id_ = ids_given_ = 0;
}

void LinuxSocket::receive(Received& into) {
  into.stamps.clear();
  into.datagrams.clear();
  into.errors.clear();
  // In this order a reply never overtakes the stamps of its request, which were there before it.
  receive_datagrams(into);
  if (stamps_due_ > 0 || kind() == SocketKind::ping) receive_reports(into);
}

void LinuxSocket::receive_datagrams(Received& into) {
  buffers_->prepare(false);
  int count = 0;
  int repeats = 0;
  do {
    count = ::recvmmsg(fd(), buffers_->messages.data(), datagrams_a_call, MSG_DONTWAIT, nullptr);
  } while (count < 0 &&
           (errno == EINTR || (failed_for_another(errno) && ++repeats < most_repeats)));
  if (count <= 0) return;
  const Clocks clocks = read_clocks();
  for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
    const mmsghdr& message = buffers_->messages[i];
    const auto* first = static_cast<const std::uint8_t*>(buffers_->vectors[i].iov_base);
    const ReceivedControl control = parse_control(control_of(message.msg_hdr));
    std::optional<Nanos> stamp;
    if (control.stamp) stamp = clocks.to_monotonic(*control.stamp);
    if (control.dropped)
      dropped_ += *control.dropped - std::exchange(kernel_dropped_, *control.dropped);
    into.datagrams.push_back(
        {.from = from_sockaddr(buffers_->names[i], family()),
         .bytes = {first, std::min<std::size_t>(message.msg_len, buffers_->datagram_size)},
         .received_at = stamp.value_or(clocks.monotonic)});
  }
}

void LinuxSocket::receive_reports(Received& into) {
  for (int count = datagrams_a_call; count == static_cast<int>(datagrams_a_call);) {
    buffers_->prepare(true);
    do {
      count = ::recvmmsg(fd(), buffers_->messages.data(), datagrams_a_call,
                         MSG_ERRQUEUE | MSG_DONTWAIT, nullptr);
    } while (count < 0 && errno == EINTR);
    if (count <= 0) return;
    const Clocks clocks = read_clocks();
    for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) take_report(i, clocks, into);
  }
}

void LinuxSocket::take_report(std::size_t index, const Clocks& clocks, Received& into) {
  const mmsghdr& message = buffers_->messages[index];
  const ReceivedControl control = parse_control(control_of(message.msg_hdr));
  if (control.error) {
    // The name is whom the request was for (ip(7)).
    into.errors.push_back(
        decode_reported(family(), control.error->type, control.error->code,
                        from_sockaddr(buffers_->names[index], family()),
                        std::span(buffers_->quotes[index])
                            .first(std::min<std::size_t>(message.msg_len, quote_size))));
    return;
  }
  if (!control.report || !control.stamp) return;
  if (stamps_due_ > 0) --stamps_due_;
  // Ids of before a restart are not remembered, nor are those of long ago.
  if (next_id_ - 1 - control.report->id >= ids_given_) return;
  const auto at = clocks.to_monotonic(*control.stamp);
  if (!at) return;
  into.stamps.push_back(
      {numbers_[control.report->id % remembered_ids], control.report->stage, *at});
}

}  // namespace weir::icmp_source
