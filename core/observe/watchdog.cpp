// SPDX-License-Identifier: Apache-2.0
#include "core/observe/watchdog.hpp"

#include <utility>

namespace weir::core::observe {

std::string spoken(Duration duration) {
  const std::int64_t seconds = duration.count() / 1'000'000'000;
  if (seconds < 120) return std::to_string(seconds) + " s";
  const std::int64_t minutes = seconds / 60;
  if (minutes < 120) return std::to_string(minutes) + " min";
  const std::int64_t hours = minutes / 60;
  if (hours >= 48) return std::to_string(hours / 24) + " d " + std::to_string(hours % 24) + " h";
  return std::to_string(hours) + " h " + std::to_string(minutes % 60) + " min";
}

std::vector<Notice> Watchdog::look(const runtime::Snapshot& snapshot,
                                   const std::map<std::string, std::uint64_t>& beats) {
  std::vector<Notice> notices;
  hangs_.clear();
  if (limit_ <= Duration{0}) return notices;
  for (const runtime::NodeStats& node : snapshot.nodes) {
    const auto beat = beats.find(node.name);
    const std::uint64_t signs = node.signs_of_life + (beat == beats.end() ? 0 : beat->second);
    look_at(node, signs, snapshot.now, notices);
  }
  return notices;
}

void Watchdog::look_at(const runtime::NodeStats& node, std::uint64_t signs, Duration now,
                       std::vector<Notice>& notices) {
  Watched& watched = watched_[node.name];
  const bool same_call = !node.call.empty() && watched.call == node.call &&
                         watched.call_since == node.call_since && !watched.call.empty();
  if (!same_call || signs != watched.signs || node.waits) {
    if (watched.hanging) {
      notices.push_back({Level::info, node.name,
                         watched.call + "() " +
                             (same_call ? "shows signs of life again" : "has returned") +
                             " after " + spoken(now - watched.quiet_since)});
    }
    // A sign since the last look may be of this call, so it counts for it.
    const bool alive = signs != watched.signs || node.waits;
    const Duration quiet_since = alive ? now : node.call_since;
    watched = {std::string(node.call), node.call_since, signs, quiet_since, limit_, false};
  }
  if (node.call.empty() || node.waits) return;
  const Duration quiet = now - watched.quiet_since;
  if (quiet < limit_) return;
  watched.hanging = true;
  hangs_.push_back({node.name, watched.call, quiet});
  if (quiet < watched.tell_at) return;
  while (watched.tell_at <= quiet) watched.tell_at *= 2;
  notices.push_back({Level::warning, node.name,
                     "hangs: " + watched.call + "() has not returned for " + spoken(quiet) +
                         " and shows no sign of life; other branches go on"});
}

}  // namespace weir::core::observe
