// SPDX-License-Identifier: Apache-2.0
#include "core/testpath/wires.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <optional>
#include <utility>

namespace weir::core::testpath {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

// A sleeping process comes back some 50 µs late; so the last stretch is spent awake.
constexpr Nanos awake = microseconds(80);
// The log is written where nothing is due for so long.
constexpr Nanos idle = milliseconds(1);
constexpr Nanos look_up = milliseconds(100);  // at the stop flag
constexpr std::size_t largest_packet = 65'535;
constexpr std::size_t log_buffer = 1 << 20;

}  // namespace

Nanos monotonic_now() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return std::chrono::seconds(now.tv_sec) + Nanos{now.tv_nsec};
}

Wires::Wires(const std::vector<Wire>& wires, int log) : log_(log), buffer_(largest_packet) {
  for (const Wire& wire : wires) lines_.push_back({wire, Fates(wire.impairments)});
  text_.reserve(log_buffer);
}

void Wires::run(const std::atomic<bool>& stop, Nanos limit) {
  const Nanos end = monotonic_now() + limit;
  while (!stop && monotonic_now() < end) {
    const bool more = read_each();
    send_due();
    if (!more) wait(end);
  }
  while (auto left = departures_.take(Nanos::max())) {
    Packet& packet = *left->packet;
    packet.record.finished = false;
    if (--packet.copies == 0) write_down(packet);
  }
  flush();
}

bool Wires::read_each() {
  bool any = false;
  for (std::size_t i = 0; i < lines_.size(); ++i) {
    const ssize_t size = ::read(lines_[i].wire.in, buffer_.data(), buffer_.size());
    if (size <= 0) continue;
    const Nanos arrived = monotonic_now();
    any = true;
    take(i, {buffer_.begin(), buffer_.begin() + size}, arrived);
  }
  return any;
}

void Wires::take(std::size_t wire, std::vector<std::uint8_t> bytes, Nanos arrived) {
  Line& line = lines_[wire];
  const auto info = parse_packet(bytes);
  if (!info || (line.wire.answers && info->kind != Kind::request)) return;
  const Fate fate = line.fates.next(arrived, bytes.size());
  auto packet = std::make_shared<Packet>();
  packet->record = {.order = order_++,
                    .arrived = arrived,
                    .packet = *info,
                    .bytes = bytes.size(),
                    .cause = fate.cause};
  if (fate.cause != Cause::passed) {
    write_down(*packet);
    return;
  }
  if (line.wire.answers) turn_into_reply(bytes);
  packet->bytes = std::move(bytes);
  packet->copies = fate.departs_again ? 2 : 1;
  departures_.put(fate.departs, {wire, packet});
  if (fate.departs_again) departures_.put(*fate.departs_again, {wire, packet});
}

void Wires::send_due() {
  while (auto departure = departures_.take(monotonic_now())) {
    Packet& packet = *departure->packet;
    // Before the call: the kernel takes its time of arrival early in it, and may go on to wake and
    // run whoever waits for the packet before the call returns.
    packet.record.departed.push_back(monotonic_now());
    // What a full receiver throws away is the receiver's loss and must not be taken for ours.
    static_cast<void>(
        ::write(lines_[departure->wire].wire.out, packet.bytes.data(), packet.bytes.size()));
    if (--packet.copies == 0) write_down(packet);
  }
}

void Wires::wait(Nanos until) {
  const Nanos now = monotonic_now();
  const Nanos due = std::min({departures_.next_due().value_or(until), until, now + look_up});
  if (due - now <= awake) return;
  if (due - now > idle || text_.size() > log_buffer / 2) flush();
  std::vector<pollfd> watched;
  for (const Line& line : lines_)
    watched.push_back({.fd = line.wire.in, .events = POLLIN, .revents = 0});
  const Nanos sleep = std::max(due - awake - monotonic_now(), Nanos{});
  const timespec timeout{.tv_sec = sleep / std::chrono::seconds(1),
                         .tv_nsec = (sleep % std::chrono::seconds(1)).count()};
  ::ppoll(watched.data(), watched.size(), &timeout, nullptr);
}

void Wires::write_down(const Packet& packet) { text_ += to_line(packet.record); }

void Wires::flush() {
  std::string_view left = text_;
  while (!left.empty()) {
    const ssize_t written = ::write(log_, left.data(), left.size());
    if (written <= 0) break;  // a full disk: the reader of the log finds lines missing
    left.remove_prefix(static_cast<std::size_t>(written));
  }
  text_.clear();
}

}  // namespace weir::core::testpath
