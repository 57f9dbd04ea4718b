// SPDX-License-Identifier: Apache-2.0
#include "watermarks.hpp"

#include <algorithm>
#include <limits>

namespace weir::watermarks {
namespace {

/// Rows are taken for the present if they are no older than this.
constexpr Duration present = std::chrono::minutes(1);

}  // namespace

Watermarks::Watermarks(std::size_t inputs, Patience patience, Timestamp now)
    : patience_(patience), sources_(inputs, Source{std::nullopt, now, false}) {}

void Watermarks::heard(std::size_t input, std::span<const std::int64_t> times, Timestamp now) {
  Source& source = sources_.at(input);
  source.heard = now;
  for (const std::int64_t time : times)
    source.newest = std::max(source.newest.value_or(time), time);
}

void Watermarks::ended(std::size_t input) { sources_.at(input).ended = true; }

/// A replay is never idle, however slow: silence counts only while rows tell of the present.
bool Watermarks::happens_now(Timestamp now) const {
  std::int64_t newest = std::numeric_limits<std::int64_t>::min();
  for (const Source& source : sources_) newest = std::max(newest, source.newest.value_or(newest));
  return newest > (now - present).time_since_epoch().count();
}

Passed Watermarks::passed(Timestamp now) const {
  Passed result;
  const bool live = happens_now(now);
  for (const Source& source : sources_) {
    if (source.ended || (live && now - source.heard >= patience_.idle_timeout)) continue;
    const std::int64_t own = source.newest ? *source.newest - patience_.lateness.count()
                                           : std::numeric_limits<std::int64_t>::min();
    result.until = std::min(result.until.value_or(own), own);
    if (!live) continue;
    const Timestamp idle_from = source.heard + patience_.idle_timeout;
    result.wake = std::min(result.wake.value_or(idle_from), idle_from);
  }
  if (!result.until) {  // none holds: what all the others have passed may go
    for (const Source& source : sources_) {
      if (source.newest && !source.ended)
        result.until = std::max(result.until.value_or(*source.newest), *source.newest);
    }
  }
  result.all = std::all_of(sources_.begin(), sources_.end(),
                           [](const Source& source) { return source.ended; });
  return result;
}

std::vector<std::optional<std::int64_t>> Watermarks::newest() const {
  std::vector<std::optional<std::int64_t>> times;
  for (const Source& source : sources_) times.push_back(source.newest);
  return times;
}

void Watermarks::restore(const std::vector<std::optional<std::int64_t>>& newest) {
  for (std::size_t i = 0; i < sources_.size(); ++i) sources_[i].newest = newest.at(i);
}

std::string input_name(const Edge& edge) {
  return edge.port == "out" ? edge.node : edge.node + "." + edge.port;
}

std::int64_t floor_to(std::int64_t time, std::int64_t step) {
  const std::int64_t rest = time % step;
  return time - (rest < 0 ? rest + step : rest);
}

}  // namespace weir::watermarks
