// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Signals as rows that look like those of netdev-source or icmp-source. Pure.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <weir/batch.hpp>

#include "signal.hpp"

namespace weir::synthetic_source {

enum class Profile : std::uint8_t { traffic, latency };

struct Plan {
  Profile profile = Profile::traffic;
  std::vector<std::string> series;
  std::string measurement;
  Shape shape;
  std::uint64_t seed = 1;
  std::int64_t start = 0;  ///< ns
  std::int64_t step = 1;   ///< ns
  std::optional<double> outage_value;
};

class Rows {
 public:
  explicit Rows(Plan plan);
  /// The next `steps` steps: a row of each series, in the order of the plan, for each.
  [[nodiscard]] Batch next(std::int64_t steps);

 private:
  void add_traffic(std::size_t series, BatchBuilder::Row row);
  void add_latency(std::size_t series, BatchBuilder::Row row);

  Plan plan_;
  std::int64_t time_;
  std::vector<Signal> main_;   // rx_mbps or rtt_avg_ms
  std::vector<Signal> other_;  // tx_mbps
  BatchBuilder builder_;
  BatchBuilder::Key tag_;
  std::vector<BatchBuilder::Key> fields_;
};

}  // namespace weir::synthetic_source
