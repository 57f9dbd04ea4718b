// SPDX-License-Identifier: Apache-2.0
// What is known of all targets over one interval, and how intervals follow each other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "address.hpp"
#include "statistics.hpp"

namespace weir::icmp_source {

/// Both clocks at one moment: the monotonic one paces and measures, UTC gives rows their time.
struct Instant {
  Nanos monotonic{};
  Nanos utc{};  ///< since 1970
};

/// [start, start + length) on the monotonic clock; `label` is its beginning in UTC, a multiple of
/// the step.
struct Span {
  Nanos start{};
  Nanos length{};
  Nanos label{};
  [[nodiscard]] Nanos end() const { return start + length; }
};

/// The interval that `now` lies in.
[[nodiscard]] Span first_span(Instant now, Nanos step);

/// The one that follows. Its length is stretched or cut so that it ends on a multiple of the step
/// in UTC again: by microseconds where NTP steers the clock, by up to half a step where the clock
/// jumps.
[[nodiscard]] Span next_span(const Span& last, Instant now, Nanos step);

using AddressTable = std::vector<std::optional<Address>>;

class Interval {
 public:
  Interval(std::uint32_t number, const Span& span, std::size_t targets, std::uint32_t count,
           std::shared_ptr<const AddressTable> addresses);

  void count_sent(std::uint32_t target) { ++tallies_[target].sent, ++pending_; }
  void count_reply(std::uint32_t target, Nanos round_trip, std::optional<double> jitter_ms);
  void count_lost() { --pending_; }
  /// As if it had never been sent.
  void take_back(std::uint32_t target) { --tallies_[target].sent, --pending_; }

  [[nodiscard]] std::uint32_t number() const { return number_; }
  [[nodiscard]] const Span& span() const { return span_; }
  [[nodiscard]] bool decided() const { return pending_ == 0; }
  [[nodiscard]] const std::optional<Address>& address(std::size_t target) const {
    return (*addresses_)[target];
  }
  /// Once, when decided.
  [[nodiscard]] Summary summary(std::size_t target);

 private:
  struct Tally {
    std::uint32_t sent = 0;
    std::uint32_t received = 0;
    std::optional<double> jitter_ms;
  };

  std::uint32_t number_;
  std::uint32_t count_;
  Span span_;
  std::size_t pending_ = 0;
  std::vector<Tally> tallies_;      // by target
  std::vector<Nanos> round_trips_;  // count_ places a target
  std::shared_ptr<const AddressTable> addresses_;
};

}  // namespace weir::icmp_source
