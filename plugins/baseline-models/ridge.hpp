// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "linear_fit.hpp"
#include "ridge_inputs.hpp"

namespace weir::baseline_models {

/// Autoregressive ridge regression of one target: one linear equation per step ahead (direct, not
/// fed back), on what RidgeInputs names. Seasons, calendar, logarithm, penalty and loss (squares or
/// absolute values) are those with the least error on the validation part.
class Ridge {
 public:
  static constexpr std::string_view magic = "WEIRRIDG";
  static constexpr std::uint32_t version = 1;
  static constexpr bool reports = false;
  using Settings = PartSettings;

  void choose(const TargetSet& set, const Settings& settings, const Watch& watch);
  void learn(const TargetSet& set, const Settings& settings, const Watch& watch);
  void forecast(const History& history, std::size_t feature, std::span<double> values) const;
  void put(BytesWriter& to) const;
  [[nodiscard]] static Ridge take(BytesReader& from, const ModelShape& shape);

 private:
  struct Equations {
    RidgeInputs inputs;
    std::vector<model_parts::LinearFit> steps;  // of the difference to the last value
  };
  struct Choice {
    bool seasonal = false;
    bool calendar = false;
    bool logarithm = false;
    bool absolute = false;
    double penalty = 1e-2;
  };
  class Samples;

  void learn_before(const TargetSet& set, std::span<const std::uint64_t> windows, std::size_t end);
  static bool forecast_by(const Equations& equations, const History& history, std::size_t feature,
                          std::span<double> values);

  Choice choice_;
  model_parts::Warp warp_;
  Equations main_;
  Equations plain_;  // without seasons: for windows whose past is not long enough
};

}  // namespace weir::baseline_models
