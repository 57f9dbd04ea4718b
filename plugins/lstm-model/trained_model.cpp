// SPDX-License-Identifier: Apache-2.0
#include "trained_model.hpp"

namespace weir::lstm_model {

Trimming trimming_of(const TrainedModel& model) {
  std::vector<double> weights;
  for (const Member& member : model.members) weights.push_back(member.weight);
  return trimming(model.combination, std::move(weights));
}

ModelPredictor::ModelPredictor(const TrainedModel& model) : trimming_(trimming_of(model)) {
  for (const Member& member : model.members) members_.emplace_back(model.plan, member);
  forecasts_.assign(members_.size(), std::vector<double>(model.plan.outputs()));
  column_.resize(members_.size());
}

void ModelPredictor::predict(const WindowInputs& inputs, std::vector<double>& forecast) {
  for (std::size_t m = 0; m < members_.size(); ++m) members_[m].predict(inputs, forecasts_[m]);
  forecast.resize(forecasts_[0].size());
  for (std::size_t j = 0; j < forecast.size(); ++j) {
    for (std::size_t m = 0; m < members_.size(); ++m)
      column_[m] = {forecasts_[m][j], trimming_.weights[m]};
    forecast[j] = model_parts::trimmed_mean(column_, trimming_.trim);
  }
}

}  // namespace weir::lstm_model
