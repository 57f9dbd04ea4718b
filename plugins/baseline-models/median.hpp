// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "cycle.hpp"
#include "simple.hpp"

namespace weir::baseline_models {

/// A median, the constant that is best under absolute error: of all that was learned, of each place
/// in a season, or of the window at hand, whichever forecasts the validation part best. On a series
/// that is noise nothing is much better.
class Median {
 public:
  static constexpr std::string_view magic = "WEIRMEDI";
  static constexpr std::uint32_t version = 1;
  static constexpr bool reports = false;
  using Settings = PartSettings;

  void choose(const TargetSet& set, const Settings& settings, const Watch& watch);
  void learn(const TargetSet& set, const Settings& settings, const Watch& watch);
  void forecast(const History& history, std::size_t feature, std::span<double> values) const;
  void put(BytesWriter& to) const;
  [[nodiscard]] static Median take(BytesReader& from, const ModelShape& shape);

 private:
  void learn_before(const TargetSet& set, std::size_t end);

  bool of_window_ = false;
  std::size_t sequence_length_ = 1;
  Cycle cycle_;                  // a season of 1: one median for all
  std::vector<double> medians_;  // one per place
};

}  // namespace weir::baseline_models
