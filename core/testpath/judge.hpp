// SPDX-License-Identifier: Apache-2.0
#pragma once
/// What a prober says against what the path did, probe by probe. Pure.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/testpath/truth.hpp"

namespace weir::core::testpath {

enum class Outcome : std::uint8_t { received, late, lost };

/// What the prober says of one probe.
struct Observation {
  std::uint32_t number = 0;
  Outcome outcome = Outcome::lost;
  std::optional<Nanos> rtt{};
  bool duplicate = false;  ///< more than one reply came
  bool reordered = false;  ///< its reply came after that of a younger probe of the same target
};

/// Numbers of the probes of a kind, as both sides see them.
struct Comparison {
  std::size_t both = 0;
  std::vector<std::uint32_t> only_in_truth{};
  std::vector<std::uint32_t> only_observed{};
  [[nodiscard]] bool identical() const { return only_in_truth.empty() && only_observed.empty(); }
  [[nodiscard]] std::size_t in_truth() const { return both + only_in_truth.size(); }
};

struct Verdict {
  std::size_t compared = 0;
  std::size_t not_reported = 0;              ///< the path saw them, the prober says nothing
  std::vector<std::uint32_t> not_on_path{};  ///< the prober says something, the path never saw them
  Comparison lost, late, duplicate, reordered;
  std::vector<Nanos> errors{};  ///< measured - true round trip, ascending

  [[nodiscard]] bool identical() const {
    return not_on_path.empty() && lost.identical() && late.identical() && duplicate.identical() &&
           reordered.identical();
  }
  /// The q-quantile of |error| (nearest rank); zero where there is none.
  [[nodiscard]] Nanos error_quantile(double q) const;
};

/// A reply is late when it comes after `timeout`, and lost when it comes after `forgotten`, where
/// the prober has forgotten the probe. Probes whose true round trip lies within `too_close` of
/// either cannot be judged and are left out: it must be longer than a packet may wait for the path
/// to read it, on a machine that is busy. So are those whose reply, or its copy, left the path
/// later than `before_end` before the prober's last probe was read: it may have ended before.
struct JudgeSettings {
  Nanos timeout = std::chrono::seconds(1);
  Nanos forgotten = 2 * timeout;
  Nanos too_close = std::chrono::milliseconds(200);
  Nanos before_end = std::chrono::seconds(1);
};

[[nodiscard]] Verdict judge(std::span<const Record> truth, std::span<const Observation> observed,
                            const JudgeSettings& settings);

/// The log of a path that forwards, as judge takes it: a record for each request, which departs
/// when its replies have left the way back. A request is lost when neither it nor a reply came
/// through, and unfinished where the far network has not answered it.
[[nodiscard]] std::vector<Record> round_trips(std::span<const Record> truth);

/// One line a kind that is not identical, with the first numbers, and one where nothing was
/// compared; empty: all are.
[[nodiscard]] std::string differences(const Verdict& verdict);

}  // namespace weir::core::testpath
