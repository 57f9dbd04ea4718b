// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "inputs.hpp"
#include "member.hpp"
#include "options.hpp"

namespace weir::lstm_model {

/// All that forecasting needs.
struct TrainedModel {
  InputPlan plan;
  Combination combination = Combination::mean;
  std::vector<Member> members;

  bool operator==(const TrainedModel&) const = default;
};

/// Forecasts with all members of a model.
class ModelPredictor {
 public:
  explicit ModelPredictor(const TrainedModel& model);

  /// forecast [horizon × targets]: the weighted mean of the members' forecasts, or their median.
  void predict(const WindowInputs& inputs, std::vector<double>& forecast);

 private:
  Combination combination_;
  std::vector<double> weights_;  // sum 1
  std::vector<MemberPredictor> members_;
  std::vector<std::vector<double>> forecasts_;
  std::vector<double> column_;
};

}  // namespace weir::lstm_model
