// SPDX-License-Identifier: Apache-2.0
// Which interfaces are watched and what each reading says of them. No clock, no file: readings come
// in, samples come out.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "rates.hpp"

namespace weir::netdev_source {

/// What the user listed: exact names, `default`, `all`.
struct Selection {
  std::vector<std::string> names;
  bool default_route = false;
  bool all = false;
};
/// Repetitions and blanks round names are dropped.
[[nodiscard]] Selection select(const std::vector<std::string>& listed);

struct Reading {
  Nanos at{};  ///< on the monotonic clock
  InterfaceTable table;
  std::optional<std::string> default_interface;
};

struct Sample {
  std::string interface;
  std::optional<Rates> rates;  ///< absent: a gap, because the counters were reset or it is gone
  std::optional<double> utilization_percent;
};

/// What changed with a reading, for messages and totals.
struct Changes {
  std::vector<std::string> appeared;  ///< of those watched
  std::vector<std::string> vanished;
  std::vector<std::string> reset;
  std::size_t wraps = 0;
};

class Sampler {
 public:
  explicit Sampler(Selection selection) : selection_(std::move(selection)) {}

  /// One sample per watched interface that was there before too; the first sight of one gives none.
  /// One that is gone gives a single gap.
  [[nodiscard]] std::vector<Sample> take(const Reading& reading,
                                         const std::function<Link(const std::string&)>& link_of);
  /// Of the last reading.
  [[nodiscard]] const Changes& changes() const { return changes_; }

 private:
  struct Seen {
    Counters counters;
    Nanos at{};
  };
  [[nodiscard]] std::vector<std::string> watched(const Reading& reading) const;

  Selection selection_;
  std::map<std::string, Seen> seen_;
  Changes changes_;
};

}  // namespace weir::netdev_source
