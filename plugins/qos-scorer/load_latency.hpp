// SPDX-License-Identifier: Apache-2.0
// Latency under load of one target: the round trip while the link is busy less the round trip while
// it is not. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "saved_bytes.hpp"

namespace weir::qos_scorer {

struct LoadRules {
  double idle_below_percent = 20;
  double busy_from_percent = 80;
  std::size_t steps = 30;  ///< the last so many of each kind count
};

class LoadLatency {
 public:
  /// Of one step.
  void add(double rtt_ms, double utilization_percent, const LoadRules& rules);
  /// The median of the busy steps less that of the idle ones: medians, because one lost route
  /// change must not count for half an hour. Absent before there is one of each.
  [[nodiscard]] std::optional<double> milliseconds() const;

  void save(model_parts::BytesWriter& writer) const;
  /// Throws Error where the bytes do not fit the rules.
  void load(model_parts::BytesReader& reader, const LoadRules& rules);

 private:
  struct Window {
    std::vector<float> values;
    std::size_t next = 0;
    void add(double value, std::size_t most);
    [[nodiscard]] double median() const;
  };
  Window idle_, busy_;
};

}  // namespace weir::qos_scorer
