// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "cycle.hpp"
#include "linear_fit.hpp"
#include "simple.hpp"

namespace weir::baseline_models {

/// One target as the sum of what repeats each day, what repeats each week, and the rest:
///   y = profile of the day + profile of the week + remainder
/// The profiles are medians per place in the season of what a moving mean over the season leaves,
/// found in turns (as STL does with local regression: Cleveland et al. 1990; several seasons:
/// Bandara, Hyndman and Bergmeir 2021). The remainder, with the trend in it, is forecast by a
/// linear equation per step on its own last values and means. Which seasons, and how much the
/// equations are penalised, is what forecasts the validation part best.
class Decomposition {
 public:
  static constexpr std::string_view magic = "WEIRDCMP";
  static constexpr std::uint32_t version = 1;
  static constexpr bool reports = false;
  using Settings = PartSettings;

  void choose(const TargetSet& set, const Settings& settings, const Watch& watch);
  void learn(const TargetSet& set, const Settings& settings, const Watch& watch);
  void forecast(const History& history, std::size_t feature, std::span<double> values) const;
  void put(BytesWriter& to) const;
  [[nodiscard]] static Decomposition take(BytesReader& from, const ModelShape& shape);

 private:
  struct Profile {
    Cycle cycle;
    std::vector<double> values;  // one per place
  };

  void learn_before(const TargetSet& set, std::span<const std::uint64_t> windows, std::size_t end);
  void find_profiles(const TargetSet& set, std::size_t end);
  /// What all profiles together add at a moment.
  [[nodiscard]] double season_at(Timestamp time) const;
  /// Of the remainder, each less its last value; writes that, too.
  void write_inputs(const History& history, std::size_t feature, std::vector<double>& inputs,
                    double& last) const;

  std::size_t lags_ = 1;
  std::size_t sequence_length_ = 1;
  std::vector<std::uint64_t> seasons_;  // rows, ascending: the choice
  double penalty_ = 1e-2;               // the other choice
  std::vector<Profile> profiles_;
  std::vector<model_parts::LinearFit> steps_;
};

}  // namespace weir::baseline_models
