// SPDX-License-Identifier: Apache-2.0
#pragma once
/// How far the event time of several inputs has come together: what a join may close. Pure; the
/// pipeline's clock is handed in.
///
/// Each input has a watermark: its newest event time less `lateness`. The common one is the least
/// of them. An ended input no longer counts. Live, neither does one that was silent for
/// `idle_timeout`; rows count as live while the newest is less than a minute old, so that a slow
/// replay is never taken for silence.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <weir/node.hpp>
#include <weir/units.hpp>

namespace weir::watermarks {

struct Patience {
  Duration lateness{};                   ///< how much later than newer rows a row may come
  Duration idle_timeout{5'000'000'000};  ///< live: how long an input may hold the others
};

/// What has been passed by all that count.
struct Passed {
  std::optional<std::int64_t> until;  ///< ns of event time; absent: nothing yet, or see `all`
  bool all = false;                   ///< every input has ended: everything may go
  std::optional<Timestamp> wake;      ///< when to look again, on the pipeline's clock
};

class Watermarks {
 public:
  Watermarks(std::size_t inputs, Patience patience, Timestamp now);

  /// Event times (ns) of rows that came from an input.
  void heard(std::size_t input, std::span<const std::int64_t> times, Timestamp now);
  void ended(std::size_t input);
  [[nodiscard]] Passed passed(Timestamp now) const;

  /// The newest event time of each input, to go on from after a restart.
  [[nodiscard]] std::vector<std::optional<std::int64_t>> newest() const;
  void restore(const std::vector<std::optional<std::int64_t>>& newest);

 private:
  struct Source {
    std::optional<std::int64_t> newest;  // event time
    Timestamp heard;                     // on the pipeline's clock
    bool ended = false;
  };
  [[nodiscard]] bool happens_now(Timestamp now) const;

  Patience patience_;
  std::vector<Source> sources_;
};

/// What joins call their inputs: the node's name, with the port unless it is "out".
[[nodiscard]] std::string input_name(const Edge& edge);

/// The beginning of the step that `time` lies in; both in ns, `step` above 0.
[[nodiscard]] std::int64_t floor_to(std::int64_t time, std::int64_t step);

}  // namespace weir::watermarks
