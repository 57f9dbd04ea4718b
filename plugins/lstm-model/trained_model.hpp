// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "combination.hpp"
#include "inputs.hpp"
#include "member.hpp"
#include "mixing.hpp"

namespace weir::lstm_model {

/// All that forecasting needs.
struct TrainedModel {
  InputPlan plan;
  Combination combination = Combination::mean;
  std::vector<Member> members;

  bool operator==(const TrainedModel&) const = default;
};

/// How a model's members become one.
[[nodiscard]] Trimming trimming_of(const TrainedModel& model);

/// Forecasts with all members of a model.
class ModelPredictor {
 public:
  explicit ModelPredictor(const TrainedModel& model);

  /// forecast [horizon × targets], all members' combined.
  void predict(const WindowInputs& inputs, std::vector<double>& forecast);

 private:
  Trimming trimming_;
  std::vector<MemberPredictor> members_;
  std::vector<std::vector<double>> forecasts_;
  std::vector<model_parts::WeightedValue> column_;
};

}  // namespace weir::lstm_model
