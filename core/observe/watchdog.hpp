// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Finds calls that do not return. A rule over snapshots; who takes them and when is not its
/// business.

#include <map>
#include <string>
#include <vector>

#include "core/runtime/stats.hpp"
#include "weir/node.hpp"
#include "weir/units.hpp"

namespace weir::core::observe {

/// A call that has gone on for too long without a sign of life.
struct Hang {
  std::string node;
  std::string call;
  Duration quiet{0};  ///< since the call began, or since its last sign of life
};

/// Something to log.
struct Notice {
  Level level = Level::info;
  std::string node;
  std::string text;
};

/// A node hangs when its call has gone on for `limit` and the node has neither logged nor counted
/// nor reported an epoch in that time, and does not wait for a time that it asked the engine for.
/// Not thread-safe.
class Watchdog {
 public:
  /// 0: never finds anything.
  explicit Watchdog(Duration limit) : limit_(limit) {}

  /// `beats`: signs of life that the engine does not see (epochs), by node, as growing numbers.
  /// Tells of a hang when it is found, again whenever its time has doubled, and of its end.
  [[nodiscard]] std::vector<Notice> look(const runtime::Snapshot& snapshot,
                                         const std::map<std::string, std::uint64_t>& beats);

  /// As the last look found them.
  [[nodiscard]] const std::vector<Hang>& hangs() const { return hangs_; }

 private:
  struct Watched {
    std::string call;
    Duration call_since{0};
    std::uint64_t signs = 0;
    Duration quiet_since{0};
    Duration tell_at{0};  // quiet time at which the next line is due
    bool hanging = false;
  };
  void look_at(const runtime::NodeStats& node, std::uint64_t signs, Duration now,
               std::vector<Notice>& notices);

  Duration limit_;
  std::map<std::string, Watched> watched_;
  std::vector<Hang> hangs_;
};

/// "45 s", "3 min", "2 h 5 min": for people.
[[nodiscard]] std::string spoken(Duration duration);

}  // namespace weir::core::observe
