// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "cycle.hpp"
#include "simple.hpp"
#include "smoothing.hpp"

namespace weir::baseline_models {

/// Exponential smoothing (Holt-Winters) of one target: trend none, additive or damped; season none,
/// additive, or multiplicative where all values are positive. Each form gets its weights from the
/// training part; the form with the least error of all steps on the validation part stays. (Chosen
/// by AICc, as usual, it overshoots: that looks one step ahead.)
class Ets {
 public:
  static constexpr std::string_view magic = "WEIRETSM";
  static constexpr std::uint32_t version = 1;
  static constexpr bool reports = false;
  using Settings = PartSettings;

  void choose(const TargetSet& set, const Settings& settings, const Watch& watch);
  void learn(const TargetSet& set, const Settings& settings, const Watch& watch);
  void forecast(const History& history, std::size_t feature, std::span<double> values) const;
  void put(BytesWriter& to) const;
  [[nodiscard]] static Ets take(BytesReader& from, const ModelShape& shape);

  [[nodiscard]] const SmoothingForm& form() const { return form_; }
  [[nodiscard]] std::size_t season() const { return cycle_.season; }

 private:
  void learn_before(const TargetSet& set, std::size_t end);

  SmoothingForm form_;
  SmoothingWeights weights_;
  Cycle cycle_;
  std::vector<double> profile_;  // of the season at the end of what was learned
  double slope_ = 0;             // and the change per row there
  // Values are smoothed in the target's unit, in which positive means something.
  double unit_ = 1;
  double zero_ = 0;
};

}  // namespace weir::baseline_models
