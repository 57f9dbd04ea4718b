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

#include "saved_bytes.hpp"
#include "scoring.hpp"

namespace weir::qos_scorer {

/// A mean of values that count for different numbers of probes.
class Mean {
 public:
  void add(double value, double weight = 1) {
    sum_ += value * weight;
    weight_ += weight;
  }
  [[nodiscard]] double sum() const { return sum_; }
  [[nodiscard]] double weight() const { return weight_; }
  [[nodiscard]] static Mean of(double sum, double weight) {
    Mean mean;
    mean.sum_ = sum;
    mean.weight_ = weight;
    return mean;
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

  /// The open steps. After a load, rows of an open step that come again (not newer than the newest
  /// of their target or interface in it) are left out: they are in the state already.
  void save(model_parts::BytesWriter& writer) const;
  /// Throws Error and changes nothing where the bytes do not fit.
  void load(model_parts::BytesReader& reader);

 private:
  /// The times of what a step has taken of one target or interface.
  struct Seen {
    std::optional<std::int64_t> newest;
    std::optional<std::int64_t> loaded_until;  // came with a state
    /// False: it is in the state already.
    [[nodiscard]] bool take(std::int64_t time);
  };
  struct Target {
    Seen seen;
    double sent = 0, failed = 0, received = 0, dropped = 0;
    Mean loss, rtt, jitter, egress, path;
    std::optional<double> stall;
    [[nodiscard]] Measured measured() const;
  };
  struct Interface {
    Seen seen;
    Mean used;
  };
  struct Open {
    std::map<std::string, Target> targets;
    std::map<std::string, Interface> interfaces;
  };
  class Bytes;  // steps_state.cpp
  [[nodiscard]] std::vector<std::size_t> add_probes(const Batch& batch);
  [[nodiscard]] std::vector<std::size_t> add_load(const Batch& batch);
  [[nodiscard]] Open* step_of(std::int64_t time);  // null: it has left

  std::int64_t length_;
  std::vector<std::string> uplinks_;
  std::map<std::int64_t, Open> open_;
  std::optional<std::int64_t> left_until_;  // the beginning of the last step that left
};

}  // namespace weir::qos_scorer
