// SPDX-License-Identifier: Apache-2.0
#include "core/testpath/judge.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <unordered_map>
#include <utility>

namespace weir::core::testpath {
namespace {

struct Truth {
  Outcome outcome = Outcome::lost;
  std::optional<Nanos> round_trip{};
  bool duplicate = false;
  bool reordered = false;
};

Nanos round_trip_of(const Record& record) { return record.departed.front() - record.arrived; }

/// nullopt: cannot be judged.
std::optional<Outcome> outcome_of(const Record& record, const JudgeSettings& settings,
                                  Nanos prober_ended) {
  if (!record.finished) return std::nullopt;
  if (record.lost()) return Outcome::lost;
  if (record.departed.back() > prober_ended - settings.before_end) return std::nullopt;
  const Nanos true_rtt = round_trip_of(record);
  for (const Nanos limit : {settings.timeout, settings.forgotten}) {
    if (std::chrono::abs(true_rtt - limit) < settings.too_close) return std::nullopt;
  }
  if (true_rtt > settings.forgotten) return Outcome::lost;
  return true_rtt > settings.timeout ? Outcome::late : Outcome::received;
}

/// RFC 4737 in the order of the replies: reordered is what comes after a younger one.
void find_reordered(std::span<const Record> truth, Nanos forgotten_after,
                    std::unordered_map<std::uint32_t, Truth>& probes) {
  std::vector<const Record*> replies;
  for (const Record& record : truth) {
    if (record.packet.kind != Kind::request || record.departed.empty()) continue;
    if (round_trip_of(record) < forgotten_after) replies.push_back(&record);
  }
  std::sort(replies.begin(), replies.end(), [](const Record* left, const Record* right) {
    return left->departed.front() < right->departed.front();
  });
  std::map<std::string, std::uint64_t> youngest;  // by target
  for (const Record* reply : replies) {
    std::uint64_t& most = youngest[to_text(reply->packet.destination)];
    const auto probe = probes.find(reply->packet.number);
    if (probe != probes.end()) probe->second.reordered = reply->order < most;
    most = std::max(most, reply->order);
  }
}

void compare(Comparison& into, bool truth, bool observed, std::uint32_t number) {
  if (truth && observed) ++into.both;
  if (truth && !observed) into.only_in_truth.push_back(number);
  if (!truth && observed) into.only_observed.push_back(number);
}

void tell(std::string& text, const std::string& what, const std::vector<std::uint32_t>& numbers) {
  constexpr std::size_t shown = 5;
  if (numbers.empty()) return;
  text += what + ": " + std::to_string(numbers.size()) + " probes, numbers";
  for (std::size_t i = 0; i < std::min(numbers.size(), shown); ++i)
    text += ' ' + std::to_string(numbers[i]);
  text += numbers.size() > shown ? " …\n" : "\n";
}

}  // namespace

Nanos Verdict::error_quantile(double q) const {
  std::vector<Nanos> sizes;
  for (const Nanos error : errors) sizes.push_back(std::chrono::abs(error));
  if (sizes.empty()) return {};
  std::sort(sizes.begin(), sizes.end());
  const auto rank = static_cast<std::size_t>(std::ceil(q * static_cast<double>(sizes.size())));
  return sizes[std::clamp<std::size_t>(rank, 1, sizes.size()) - 1];
}

Verdict judge(std::span<const Record> truth, std::span<const Observation> observed,
              const JudgeSettings& settings) {
  Verdict verdict;
  std::unordered_map<std::uint32_t, Truth> probes;
  std::unordered_map<std::uint32_t, bool> seen;  // by the path; true: the prober spoke of it
  Nanos prober_ended{};                          // it sends all the while
  for (const Record& record : truth) prober_ended = std::max(prober_ended, record.arrived);
  for (const Record& record : truth) {
    if (record.packet.kind != Kind::request) continue;
    seen.emplace(record.packet.number, false);
    const auto outcome = outcome_of(record, settings, prober_ended);
    if (!outcome) continue;
    Truth& probe = probes[record.packet.number];
    probe.outcome = *outcome;
    if (!record.lost()) probe.round_trip = round_trip_of(record);
    probe.duplicate = *outcome != Outcome::lost && record.departed.size() > 1 &&
                      record.departed[1] - record.arrived < settings.forgotten;
  }
  find_reordered(truth, settings.forgotten, probes);
  for (const Observation& said : observed) {
    const auto on_path = seen.find(said.number);
    if (on_path == seen.end()) {
      verdict.not_on_path.push_back(said.number);
      continue;
    }
    on_path->second = true;
    const auto found = probes.find(said.number);
    if (found == probes.end()) continue;
    const Truth& probe = found->second;
    ++verdict.compared;
    compare(verdict.lost, probe.outcome == Outcome::lost, said.outcome == Outcome::lost,
            said.number);
    compare(verdict.late, probe.outcome == Outcome::late, said.outcome == Outcome::late,
            said.number);
    compare(verdict.duplicate, probe.duplicate, said.duplicate, said.number);
    compare(verdict.reordered, probe.reordered, said.reordered, said.number);
    if (said.rtt && probe.round_trip) verdict.errors.push_back(*said.rtt - *probe.round_trip);
  }
  for (const auto& [number, reported] : seen) verdict.not_reported += reported ? 0 : 1;
  std::sort(verdict.errors.begin(), verdict.errors.end());
  return verdict;
}

std::vector<Record> round_trips(std::span<const Record> truth) {
  std::vector<Record> requests;
  std::unordered_map<std::uint32_t, std::vector<const Record*>> replies;  // by probe
  for (const Record& record : truth) {
    if (record.packet.kind == Kind::request) requests.push_back(record);
    if (record.packet.kind == Kind::reply) replies[record.packet.number].push_back(&record);
  }
  for (Record& request : requests) {
    const std::size_t copies = std::exchange(request.departed, {}).size();
    if (request.lost()) continue;
    const std::vector<const Record*>& back = replies[request.packet.number];
    request.finished = request.finished && back.size() == copies;
    for (const Record* reply : back) {
      request.finished = request.finished && reply->finished;
      request.departed.insert(request.departed.end(), reply->departed.begin(),
                              reply->departed.end());
      if (reply->lost()) request.cause = reply->cause;
    }
    if (!request.departed.empty()) request.cause = Cause::passed;
    std::sort(request.departed.begin(), request.departed.end());
  }
  return requests;
}

std::string differences(const Verdict& verdict) {
  std::string text;
  if (verdict.compared == 0) {
    text +=
        "nothing to compare: no probe that is reported left the path long enough before its end\n";
  }
  tell(text, "reported, but never on the path", verdict.not_on_path);
  const auto both = [&](const std::string& kind, const Comparison& comparison) {
    tell(text, kind + " on the path, but not reported so", comparison.only_in_truth);
    tell(text, "reported as " + kind + ", but not so on the path", comparison.only_observed);
  };
  both("lost", verdict.lost);
  both("late", verdict.late);
  both("duplicate", verdict.duplicate);
  both("reordered", verdict.reordered);
  return text;
}

}  // namespace weir::core::testpath
