// SPDX-License-Identifier: Apache-2.0
// The node as the engine runs it, through the C boundary and on real clocks, without the engine:
// rows are made, summed up and thrown away.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace weir::bench {

struct NodeResult {
  double seconds = 0;  ///< from the first to the last call of produce
  double cpu_s = 0;    ///< of that time
  double sent = 0, received = 0, lost = 0, late = 0, dropped = 0, unstamped = 0;
  double stall_p50_ms = 0, stall_p99_ms = 0;  ///< of the rows' host_stall_ms
  double rtt_p50_us = 0, rtt_p99_us = 0;      ///< of the rows' rtt_p50_ms

  [[nodiscard]] std::vector<double> numbers() const;
  [[nodiscard]] static NodeResult of(const std::vector<double>& numbers);
};

/// `options` as text, as in a pipeline. `dns_servers`: "address:port"; empty: the machine's.
[[nodiscard]] NodeResult run_node(const std::vector<std::pair<std::string, std::string>>& options,
                                  double seconds, const std::string& dns_servers = {});

}  // namespace weir::bench
