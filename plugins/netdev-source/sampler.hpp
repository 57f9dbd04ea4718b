// SPDX-License-Identifier: Apache-2.0
// Which interfaces are watched and what each reading says of them. No clock, no socket, no file:
// readings come in, samples come out.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "link_table.hpp"
#include "rates.hpp"

namespace weir::netdev_source {

/// What the user listed: names, patterns with `*`, `default`, `all`; less what is excluded.
struct Selection {
  std::vector<std::string> names;     ///< exact
  std::vector<std::string> patterns;  ///< `all` is `*`
  std::vector<std::string> excluded;  ///< names and patterns; never what is named exactly
  bool default_route = false;

  [[nodiscard]] bool empty() const { return names.empty() && patterns.empty() && !default_route; }
  [[nodiscard]] bool takes(std::string_view interface,
                           const std::optional<std::string>& default_interface) const;
};
/// Repetitions and blanks round names are dropped.
[[nodiscard]] Selection select(const std::vector<std::string>& listed,
                               const std::vector<std::string>& excluded = {});

struct Sample {
  std::string interface;
  std::optional<Rates> rates;  ///< absent: a gap, because the counters were reset or it is gone
  std::optional<double> utilization_percent;
};

/// What changed since the last take, for messages and totals.
struct Changes {
  struct Renamed {
    std::string from, to;
  };
  std::vector<std::string> appeared;  ///< of those watched
  std::vector<std::string> vanished;
  std::vector<Renamed> renamed;
  std::vector<std::string> reset;
  std::size_t wraps = 0;
};

class Sampler {
 public:
  explicit Sampler(Selection selection) : selection_(std::move(selection)) {}

  /// Tells which interfaces there are now: at the beginning and after each change. Ascending by
  /// index.
  void follow(std::span<const Present> present,
              const std::optional<std::string>& default_interface);

  /// One sample per watched interface that was measured before too; the first sight of one gives
  /// none. One that is gone, and the old name of one that got another, give a single gap. One that
  /// is there but was not measured (an interrupted dump) gives none; the next spans both
  /// intervals. `measured` is ascending by index; of two of one index the last counts.
  [[nodiscard]] std::vector<Sample> take(std::span<const Measured> measured,
                                         const std::function<Link(const Present&)>& link_of);
  /// Of the last follow and take.
  [[nodiscard]] const Changes& changes() const { return changes_; }

 private:
  struct Watched {
    Present interface;
    std::optional<Measured> last;
  };
  void sample(Watched& watched, const Measured& now,
              const std::function<Link(const Present&)>& link_of, std::vector<Sample>& samples);
  void part_from(const Watched& old, std::span<const Present> present);

  Selection selection_;
  std::vector<Watched> watched_;    // ascending by index
  std::vector<std::string> ended_;  // names whose gap is still to be told
  Changes changes_;
  bool taken_ = true;  // have the changes been told?
};

}  // namespace weir::netdev_source
