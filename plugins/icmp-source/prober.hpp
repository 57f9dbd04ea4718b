// SPDX-License-Identifier: Apache-2.0
// Sends what is due, matches what comes back, and sums up each interval. It owns no clock and no
// system call: time comes in with step(), datagrams through Socket.
//
// A reply counts when its identifier is the socket's, its number is in flight, its sequence is the
// number's low half, its nonce is right and it comes from the address that was asked. An ICMP error
// is noted, but does not end a probe: it can be forged more easily than a reply, and a reply that
// still comes is the better witness.
//
// A slot is one address that is asked. Slots of one pace lie side by side, and rows come in their
// order.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "flight.hpp"
#include "loss.hpp"
#include "nonce.hpp"
#include "packet.hpp"
#include "row_pace.hpp"
#include "schedule.hpp"
#include "socket.hpp"
#include "timing_wheel.hpp"

namespace weir::icmp_source {

/// How targets are asked.
struct Profile {
  Nanos interval = std::chrono::seconds(1);  ///< one row per target
  std::uint32_t count = 1;                   ///< probes per target and interval
  std::uint32_t payload = 56;                ///< bytes
  PacketOptions packet{};
};

struct ProberConfig {
  std::vector<Profile> profiles{Profile{}};
  std::vector<std::uint16_t> profile_of{};     ///< by slot
  Nanos timeout = std::chrono::seconds(1);     ///< after which a probe is lost
  Nanos tick = std::chrono::milliseconds(10);  ///< wake-ups are put off to a multiple of it
  Nanos stall = std::chrono::milliseconds(5);  ///< a host that is later than this stalls
  std::uint64_t seed = 0;                      ///< of the phases
  NonceKey key{};
  std::uint32_t first_number = 0;  ///< of the probes; may be anything
  bool per_probe = false;          ///< report each probe
};

/// Totals since the start.
struct Counters {
  std::uint64_t sent = 0, received = 0, lost = 0;
  std::uint64_t late = 0;         ///< replies after the timeout; their probes count as lost
  std::uint64_t duplicates = 0;   ///< second replies
  std::uint64_t reordered = 0;    ///< replies that a younger probe's reply overtook
  std::uint64_t icmp_errors = 0;  ///< probes for which a router or host reported an error
  std::uint64_t send_failed = 0;  ///< the kernel refused; their probes count as lost
  std::uint64_t skipped = 0;      ///< never sent: more than an interval late (a suspended machine)
  std::uint64_t clock_steps = 0;  ///< intervals whose label does not follow the one before
  std::uint64_t stalls = 0;       ///< wake-ups that came too late
  std::uint64_t unstamped = 0;    ///< replies to requests that the kernel did not stamp
  std::array<std::uint64_t, reject_count> rejected{};

  [[nodiscard]] std::uint64_t rejected_as(Reject reason) const {
    return rejected[static_cast<std::size_t>(reason)];
  }
};

/// One target over one interval.
struct IntervalRow {
  Nanos label{};  ///< UTC of the beginning
  std::uint32_t slot = 0;
  std::optional<Address> address;     ///< absent: nobody was asked
  const Tally* tally = nullptr;       ///< nullptr: nothing was counted; until the next call
  std::uint64_t receive_dropped = 0;  ///< datagrams that the sockets dropped meanwhile
};

/// What became of a probe.
struct ProbeRow {
  Nanos sent_utc{};
  std::uint32_t number = 0;  ///< its low 16 bits are the ICMP sequence
  std::uint32_t slot = 0;
  std::optional<Address> address;
  probing::Outcome outcome = probing::Outcome::lost;
  std::optional<double> rtt_ms, egress_queue_ms, path_ms;
  double host_stall_ms = 0;
  bool stalled = false;
  ProbeDetail detail;
};

class Prober {
 public:
  /// At most one socket a family; a target whose family has none has no address here. Not owned.
  Prober(ProberConfig config, std::vector<Socket*> sockets);

  /// From the next interval on; absent: nothing is sent.
  void set_address(std::uint32_t slot, std::optional<Address> address);
  /// A hidden slot gives no rows while it has no address.
  void hide(std::uint32_t slot) { slots_[slot].hidden = true; }
  void set_packet_options(std::size_t profile, const PacketOptions& options) {
    config_.profiles[profile].packet = options;
  }

  /// Receives, times out, sends, closes; never blocks. Call it at next_wake() and, where
  /// wants_wake_by_reply(), whenever a socket is readable.
  void step(Instant now);
  /// On the monotonic clock; a time that is past when there is more to do at once.
  [[nodiscard]] Nanos next_wake();
  /// False where a probe or more is due in each tick: then replies are read along with sending, and
  /// the kernel's stamps keep their times.
  [[nodiscard]] bool wants_wake_by_reply() const { return wake_by_reply_; }

  /// Rows of closed intervals, oldest first; false when there is none. A target that was not asked
  /// because the interval was already running, or was slept through, has none.
  [[nodiscard]] bool next_row(IntervalRow& row);
  /// What next_row has still to give, and when the next rows come.
  [[nodiscard]] WaitingRows waiting_rows() const;
  /// With per_probe: when a probe is forgotten, after its timeout and as much again.
  std::function<void(const ProbeRow&)> on_probe;
  /// Told of each request that the kernel refuses.
  std::function<void(std::uint32_t slot, int error)> on_send_failed;

  /// The end: probes that are still under way count as never sent, and every interval is closed.
  void finish();

  [[nodiscard]] const Counters& counters() const { return counters_; }

 private:
  struct Slot {
    Address address;
    probing::Jitter jitter;
    std::uint32_t schedule = 0;
    std::uint32_t newest_answered = 0;  // number of the youngest probe with a reply
    std::uint16_t profile = 0;
    probing::LossRun run;
    std::uint8_t sequence = 0;       // of the next probe
    std::uint8_t last_sequence = 0;  // of the last reply
    bool has_address = false;
    bool hidden = false;
    bool answered = false;
  };
  struct Queued {
    std::uint32_t slot;
    Nanos planned;
  };
  // An address that open intervals and probes in flight still know.
  struct FormerAddress {
    std::uint32_t slot;
    std::uint32_t last_interval;
    Address address;
    Nanos until;
  };
  struct Closed {
    Interval interval;
    std::uint32_t schedule;
    std::uint32_t next = 0;  // target to give a row of
    std::uint64_t dropped;
    Nanos leave_by;  // its rows; later the next interval's follow
  };

  void make_schedules();
  void note_stall(Nanos now);
  [[nodiscard]] bool receive_all();
  void take_stamp(const SendStamp& stamp);
  void handle(const Socket& socket, const Incoming& incoming);
  void handle_error(const Socket& socket, const Decoded& decoded);
  void count_rejected(std::optional<Reject> rejected);
  [[nodiscard]] std::optional<Reject> match(const Socket& socket, const Echo& echo,
                                            const Incoming& incoming);
  [[nodiscard]] std::optional<Reject> match(const Socket& socket, const IcmpError& error);
  void accept(std::uint32_t number, Probe& probe, Nanos received_at);
  void measure(Probe& probe, Nanos received_at, Tally& tally);
  void decide(Nanos deadline);
  void forget(Nanos deadline);
  void report(std::uint32_t number, const Probe& probe);
  void run(std::uint32_t schedule, Nanos now);
  void open_interval(Schedule& schedule, Instant now);
  void change_addresses(Schedule& schedule);
  void queue_due(Schedule& schedule, Nanos now);
  void flush();
  void send(Socket& socket, std::span<const Queued> queued);
  void note_sent(const Queued& queued, std::uint32_t number, const Outgoing& outgoing);
  void close_decided();
  void close_first(std::uint32_t schedule);
  [[nodiscard]] Schedule& schedule_of(const Probe& probe) {
    return schedules_[slots_[probe.slot].schedule];
  }
  [[nodiscard]] Interval* interval_of(const Probe& probe) {
    return schedule_of(probe).interval(probe.interval);
  }
  [[nodiscard]] Tally& current_tally(std::uint32_t slot);
  [[nodiscard]] std::optional<Address> address_of(std::uint32_t slot, std::uint16_t interval) const;
  [[nodiscard]] Socket* socket_for(Family family) const;
  [[nodiscard]] std::uint64_t dropped() const;

  ProberConfig config_;
  std::vector<Socket*> sockets_;
  std::vector<Slot> slots_;
  std::vector<Schedule> schedules_;
  probing::TimingWheel wheel_;
  Flight flight_;
  std::vector<FormerAddress> former_;
  std::vector<std::uint32_t> waiting_;  // schedules with older intervals that are still open
  std::vector<std::uint32_t> overdue_;  // schedules with more to send at once
  std::deque<Closed> closed_;
  Counters counters_;
  bool started_ = false;
  bool wake_by_reply_ = true;
  std::uint8_t stamp_mask_ = 0;  // a probe is stamped where no bit of its sequence is in it
  bool drained_ = true;          // no datagram was left waiting
  Instant now_{};
  Nanos planned_ = Nanos::max();  // the wake-up that was asked for
  Nanos stall_begin_{}, stall_end_{};
  std::size_t budget_ = 0;  // requests that this step may still queue

  Received received_;
  std::array<std::vector<Queued>, 2> queued_;  // by family
  std::vector<Outgoing> outgoing_;
  std::vector<std::uint8_t> packets_;
};

}  // namespace weir::icmp_source
