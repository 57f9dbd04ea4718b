// SPDX-License-Identifier: Apache-2.0
// What became of each probe of a service, summed up by target and interval. The rules are those of
// icmp-source: a probe without an answer is lost at its timeout; an answer that still comes is
// late, and counts in the row that its target gives next. A row leaves when all probes of its
// target and interval are decided. Pure: time comes in.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <utility>
#include <vector>

#include "service.hpp"

namespace weir::probing {

/// For how long a prober waits for an answer, so that a late one is seen.
[[nodiscard]] constexpr Nanos patience(Nanos timeout) { return 2 * timeout; }

/// `Result` is a ServiceResult, and its `Summary` has add(const Result&): what is told of answers
/// in time, and of failures, besides what all probes tell.
template <class Result>
class ServiceLedger {
 public:
  struct Row {
    std::uint32_t target = 0;
    Nanos label{};  ///< beginning of the interval, UTC
    ServiceTally tally;
    typename Result::Summary summary;
  };

  ServiceLedger(std::size_t targets, Nanos timeout) : timeout_(timeout), targets_(targets) {}

  /// A probe of the interval begins; `last` of its target in it.
  [[nodiscard]] ProbeId begin(std::uint32_t index, Nanos label, bool last, Nanos now) {
    Target& target = targets_[index];
    if (target.open.empty() || target.open.back().row.label != label) {
      // What was skipped never comes.
      if (!target.open.empty()) target.open.back().complete = true;
      leave(target);
      target.open.push_back({{index, label, {}, {}}});
      target.open.back().row.tally.loss.late = std::exchange(target.late, std::uint16_t{0});
    }
    Open& open = target.open.back();
    ++open.undecided;
    open.complete = last;
    const ProbeId id{index, target.first + static_cast<std::uint32_t>(target.probes.size())};
    target.probes.push_back({});
    deadlines_.push_back({now + timeout_, id});
    return id;
  }

  /// A probe has ended. Results are told before expire of the same moment.
  void end(Result result) {
    Target& target = targets_[result.probe.target];
    const std::uint32_t at = result.probe.number - target.first;
    if (at >= target.probes.size() || target.probes[at].ended) return;
    Probe& probe = target.probes[at];
    probe.ended = true;
    const bool in_time = result.received && result.time <= timeout_;
    if (probe.decided) {
      if (result.received) count_late(target);
    } else {
      if (result.received && !in_time) {
        result.received = false;
        count_late(target);
        set_silent(result);
      }
      probe.decided = true;
      probe.result = std::move(result);
    }
    settle(target);
  }

  /// Probes that began `timeout` ago or longer and have no answer are lost; describe(Result&) adds
  /// what is known of each.
  template <class Describe>
  void expire(Nanos now, Describe&& describe) {
    for (; !deadlines_.empty() && deadlines_.front().time <= now; deadlines_.pop_front()) {
      const ProbeId id = deadlines_.front().probe;
      Target& target = targets_[id.target];
      const std::uint32_t at = id.number - target.first;
      if (at >= target.probes.size() || target.probes[at].decided) continue;
      Probe& probe = target.probes[at];
      probe.decided = true;
      probe.result.probe = id;
      set_silent(probe.result);
      describe(probe.result);
      settle(target);
    }
  }
  /// When to call expire next; Nanos::max(): no probe is under way.
  [[nodiscard]] Nanos next() const {
    return deadlines_.empty() ? Nanos::max() : deadlines_.front().time;
  }

  /// Rows that are whole, since the last call.
  [[nodiscard]] std::vector<Row> take() { return std::exchange(rows_, {}); }
  /// The end: probes that are under way count as never begun.
  [[nodiscard]] std::vector<Row> finish() {
    for (Target& target : targets_) {
      for (; target.summed_up < target.probes.size(); ++target.summed_up) sum_up_next(target);
      for (Open& open : target.open) {
        if (open.decided > 0) rows_.push_back(std::move(open.row));
      }
      target.open.clear();
    }
    return take();
  }

 private:
  struct Probe {
    Result result;
    bool decided = false;
    bool ended = false;  // nothing more is heard of it
  };
  struct Open {
    Row row;
    std::uint32_t undecided = 0;
    std::uint32_t decided = 0;
    bool complete = false;  // no more probes begin
  };
  struct Target {
    std::deque<Probe> probes;
    std::uint32_t first = 0;    // number of the first of them
    std::size_t summed_up = 0;  // so many of them are
    std::deque<Open> open;
    LossRun run;
    Jitter jitter;
    std::uint16_t late = 0;  // answers that no open row counts
  };
  struct Deadline {
    Nanos time;
    ProbeId probe;
  };

  static void set_silent(Result& result) {
    result.outcome = ServiceOutcome::timeout;
    result.error = "no answer in time";
  }

  static void count_late(Target& target) {
    count_up(target.open.empty() ? target.late : target.open.back().row.tally.loss.late);
  }

  // Sums up decided probes in the order of sending, as bursts want it.
  void settle(Target& target) {
    for (; target.summed_up < target.probes.size(); ++target.summed_up) {
      if (!target.probes[target.summed_up].decided) break;
      sum_up_next(target);
    }
    while (target.summed_up > 0 && target.probes.front().ended) {
      target.probes.pop_front();
      ++target.first;
      --target.summed_up;
    }
    leave(target);
  }

  void sum_up_next(Target& target) {
    const Probe& probe = target.probes[target.summed_up];
    const auto open = std::find_if(target.open.begin(), target.open.end(),
                                   [](const Open& each) { return each.undecided > 0; });
    --open->undecided;
    if (!probe.decided) return;
    ++open->decided;
    sum_up(target, *open, probe.result);
  }

  void sum_up(Target& target, Open& open, const Result& result) {
    ServiceTally& tally = open.row.tally;
    count_up(result.sent ? tally.loss.sent : tally.unsent);
    if (result.received) {
      count_up(tally.loss.received);
      tally.rtt.add(result.time);
      static_cast<void>(target.jitter.add(result.time));
      tally.jitter_ms = target.jitter.milliseconds();
      target.run.received();
    } else if (result.sent) {
      if (result.outcome == ServiceOutcome::send_failed) count_up(tally.loss.send_failed);
      target.run.lost(tally.loss);
    }
    if (result.outcome != ServiceOutcome::received) {
      tally.outcome = result.outcome;
      tally.error = result.error;
    }
    open.row.summary.add(result);
  }

  void leave(Target& target) {
    while (!target.open.empty() && target.open.front().complete &&
           target.open.front().undecided == 0) {
      rows_.push_back(std::move(target.open.front().row));
      target.open.pop_front();
    }
  }

  Nanos timeout_;
  std::vector<Target> targets_;
  std::deque<Deadline> deadlines_;  // all have one timeout, so they come in order
  std::vector<Row> rows_;
};

}  // namespace weir::probing
