// SPDX-License-Identifier: Apache-2.0
// Sends what is due, matches what comes back, and sums up each interval. It owns no clock and no
// system call: time comes in with step(), datagrams through Socket.
//
// A reply counts when its identifier is the socket's, its number is in flight, its sequence is the
// number's low half, its nonce is right and it comes from the address that was asked. An ICMP error
// is noted, but does not end a probe: it can be forged more easily than a reply, and a reply that
// still comes is the better witness.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "flight.hpp"
#include "interval.hpp"
#include "nonce.hpp"
#include "pacer.hpp"
#include "packet.hpp"
#include "socket.hpp"

namespace weir::icmp_source {

struct ProberConfig {
  std::size_t targets = 0;
  Nanos interval = std::chrono::seconds(1);  ///< one summary per target
  Nanos timeout = std::chrono::seconds(1);   ///< after which a probe is lost
  Nanos tick{};             ///< wake-ups are put off to a multiple of it; 0: none is
  std::uint32_t count = 1;  ///< probes per target and interval
  std::size_t payload = 56;
  std::uint64_t seed = 0;  ///< of the phases
  NonceKey key{};
  std::uint32_t first_number = 0;  ///< of the probes; may be anything
};

/// Totals since the start.
struct Counters {
  std::uint64_t sent = 0, received = 0, lost = 0;
  std::uint64_t late = 0;         ///< replies after the timeout; their probes count as lost
  std::uint64_t duplicates = 0;   ///< second replies
  std::uint64_t icmp_errors = 0;  ///< probes for which a router or host reported an error
  std::uint64_t send_failed = 0;  ///< the kernel refused; their probes count as lost
  std::uint64_t skipped = 0;      ///< never sent: more than an interval late (a suspended machine)
  std::uint64_t clock_steps = 0;  ///< intervals whose label does not follow the one before
  std::array<std::uint64_t, reject_count> rejected{};

  [[nodiscard]] std::uint64_t rejected_as(Reject reason) const {
    return rejected[static_cast<std::size_t>(reason)];
  }
};

struct IntervalReport {
  struct Row {
    std::size_t target;
    std::optional<Address> address;  ///< absent: the name was not resolved
    Summary summary;
  };
  Nanos label{};  ///< UTC of the beginning
  std::vector<Row> rows;
};

class Prober {
 public:
  /// At most one socket a family; a target whose family has none has no address here. Not owned.
  Prober(const ProberConfig& config, std::vector<Socket*> sockets);

  /// From the next interval on; absent: rows with 100 % loss and nothing sent.
  void set_address(std::size_t target, std::optional<Address> address);

  /// Receives, times out, sends, closes; never blocks. Call it at next_wake() and whenever a socket
  /// is readable.
  void step(Instant now);
  /// On the monotonic clock; a time that is past when there is more to do at once.
  [[nodiscard]] Nanos next_wake();
  /// Closed intervals, oldest first. A target that was not asked because the interval was already
  /// running, or was slept through, has no row.
  [[nodiscard]] std::optional<IntervalReport> take_report();

  /// The end: probes that are still under way count as never sent, and every interval is closed.
  void finish();

  [[nodiscard]] const Counters& counters() const { return counters_; }
  /// Told of each request that the kernel refuses.
  std::function<void(std::size_t target, int error)> on_send_failed;

 private:
  [[nodiscard]] bool receive_all();
  void handle(const Socket& socket, const Incoming& incoming);
  [[nodiscard]] std::optional<Reject> match(const Socket& socket, const Echo& echo,
                                            const Incoming& incoming);
  [[nodiscard]] std::optional<Reject> match(const Socket& socket, const IcmpError& error);
  void accept(Probe& probe, Nanos received_at);
  void expire(Nanos now);
  void open_interval(Instant now);
  void send_due(Nanos now, std::size_t& budget);
  void send_queued(Socket& socket, std::span<const std::uint32_t> targets);
  void close_first();
  [[nodiscard]] Interval* interval_of(const Probe& probe);
  [[nodiscard]] bool asked(const Probe& probe, const Address& host);
  [[nodiscard]] Socket* socket_for(Family family) const;

  ProberConfig config_;
  std::vector<Socket*> sockets_;
  Pacer pacer_;
  Flight flight_;
  std::vector<Jitter> jitters_;  // by target
  std::shared_ptr<AddressTable> addresses_;
  std::deque<Interval> open_;  // the last is the current one
  std::uint32_t next_interval_ = 0;
  std::deque<IntervalReport> reports_;
  Counters counters_;
  bool drained_ = true;  // no datagram was left waiting
  Nanos now_{};

  std::vector<Incoming> incoming_;
  std::array<std::vector<std::uint32_t>, 2> queued_;  // targets that are due, by family
  std::vector<Outgoing> outgoing_;
  std::vector<std::uint8_t> packets_;
};

}  // namespace weir::icmp_source
