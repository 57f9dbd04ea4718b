// SPDX-License-Identifier: Apache-2.0
// Rows of measurements `icmp` and `netdev`, gathered into steps of the grid. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <weir/batch.hpp>

#include "scoring.hpp"

namespace weir::qos_scorer {

/// A mean of values that count for different numbers of probes.
class Mean {
 public:
  void add(double value, double weight = 1) {
    sum_ += value * weight;
    weight_ += weight;
  }
  [[nodiscard]] std::optional<double> value() const {
    return weight_ > 0 ? std::optional(sum_ / weight_) : std::nullopt;
  }

 private:
  double sum_ = 0;
  double weight_ = 0;
};

/// A step that all inputs have passed.
struct Step {
  std::int64_t time;                        ///< its beginning, ns
  std::map<std::string, Measured> targets;  ///< without latency_under_load_ms
};

class Steps {
 public:
  /// `length` in ns; `uplinks`: names and patterns of the interfaces whose utilization counts.
  Steps(std::int64_t length, std::vector<std::string> uplinks)
      : length_(length), uplinks_(std::move(uplinks)) {}

  /// Whether rows of this measurement are of use.
  [[nodiscard]] static bool knows(const std::string& measurement);
  /// Takes rows. Returns the indices of those that came too late: their step has left.
  [[nodiscard]] std::vector<std::size_t> add(const Batch& batch);
  /// The next step that ends at or before `until`; any with nullopt. A step in which no target was
  /// measured is none.
  [[nodiscard]] std::optional<Step> next(std::optional<std::int64_t> until);

 private:
  struct Target {
    double sent = 0, failed = 0, received = 0, dropped = 0;
    Mean loss, rtt, jitter, egress, path;
    std::optional<double> stall;
    [[nodiscard]] Measured measured() const;
  };
  struct Open {
    std::map<std::string, Target> targets;
    std::map<std::string, Mean> interfaces;
  };
  [[nodiscard]] std::vector<std::size_t> add_probes(const Batch& batch);
  [[nodiscard]] std::vector<std::size_t> add_load(const Batch& batch);
  [[nodiscard]] Open* step_of(std::int64_t time);  // null: it has left

  std::int64_t length_;
  std::vector<std::string> uplinks_;
  std::map<std::int64_t, Open> open_;
  std::optional<std::int64_t> left_until_;  // the beginning of the last step that left
};

}  // namespace weir::qos_scorer
