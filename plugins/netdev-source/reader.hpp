// SPDX-License-Identifier: Apache-2.0
// One look at all counters, whichever way they are read.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "counters.hpp"
#include "dump.hpp"
#include "link_table.hpp"

namespace weir::netdev_source {

struct Reading {
  std::span<const Present> present;    ///< ascending by index
  bool changed = false;                ///< `present` or `default_interface` differ from the last
  std::span<const Measured> measured;  ///< ascending by index; of an interrupted dump not all
  std::optional<std::string> default_interface;  ///< only where it was asked for
  /// What was met on the way: names of totals, and how many.
  std::vector<std::pair<const char*, std::size_t>> counts;
};

class Reader {
 public:
  Reader() = default;
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;
  virtual ~Reader() = default;

  /// Valid until the next call. Throws std::runtime_error where nothing could be read; the next
  /// call tries afresh.
  [[nodiscard]] virtual Reading read(const Clock& clock) = 0;
  /// Of an interface that is present; cheap until something happens to it.
  [[nodiscard]] virtual Link link(const Present& interface) = 0;
};

}  // namespace weir::netdev_source
