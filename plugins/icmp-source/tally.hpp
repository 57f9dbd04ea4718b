// SPDX-License-Identifier: Apache-2.0
// What is known of one target over one interval.
#pragma once

#include <cstdint>
#include <optional>

#include "loss.hpp"
#include "names.hpp"
#include "statistics.hpp"

namespace weir::icmp_source {

/// A running mean in single precision: enough for a figure that is shown, at half the memory.
class Mean {
 public:
  void add(double value, std::uint16_t count) {
    mean_ += (static_cast<float>(value) - mean_) / static_cast<float>(count);
  }
  [[nodiscard]] double value() const { return static_cast<double>(mean_); }

 private:
  float mean_ = 0;
};

/// Small, because there is one a target and interval.
struct Tally {
  probing::LossTally loss;
  probing::Distribution rtt;  ///< from SCHED to RX; from the process's own stamp without SCHED
  std::uint16_t pending = 0;  ///< not yet decided
  std::uint16_t stamped = 0;  ///< replies whose requests carry both stamps of the kernel
  std::uint16_t stalled = 0;  ///< replies measured while the host was not on time
  std::uint16_t icmp_errors = 0;
  std::uint16_t differences = 0;  ///< pairs that ipdv is of
  std::uint16_t error = 0;        ///< errno of the last request that the kernel refused
  std::uint8_t icmp_type = 0;     ///< of the last ICMP error
  std::uint8_t icmp_code = 0;
  float jitter_ms = -1;     ///< RFC 3550, after the last reply; negative: not yet known
  float host_stall_ms = 0;  ///< longest
  Mean egress_queue_ms;     ///< SCHED to SND
  Mean path_ms;             ///< SND to RX
  Mean ipdv_ms;             ///< |RTT(i) − RTT(i − 1)| of neighbours

  /// Replies to probes of earlier intervals count as much as probes of its own.
  [[nodiscard]] bool has_counts() const {
    return loss.sent > 0 || loss.late > 0 || loss.duplicates > 0 || loss.reordered > 0 ||
           icmp_errors > 0;
  }
};

}  // namespace weir::icmp_source
