// SPDX-License-Identifier: Apache-2.0
#include "trained_model.hpp"

#include <algorithm>

namespace weir::lstm_model {

ModelPredictor::ModelPredictor(const TrainedModel& model) : combination_(model.combination) {
  double sum = 0;
  for (const Member& member : model.members) {
    members_.emplace_back(model.plan, member);
    weights_.push_back(member.weight);
    sum += weights_.back();
  }
  for (double& weight : weights_) weight /= sum;
  forecasts_.assign(members_.size(), std::vector<double>(model.plan.outputs()));
  column_.resize(members_.size());
}

void ModelPredictor::predict(const WindowInputs& inputs, std::vector<double>& forecast) {
  for (std::size_t m = 0; m < members_.size(); ++m) members_[m].predict(inputs, forecasts_[m]);
  forecast.assign(forecasts_[0].size(), 0);
  for (std::size_t j = 0; j < forecast.size(); ++j) {
    if (combination_ == Combination::mean) {
      for (std::size_t m = 0; m < members_.size(); ++m)
        forecast[j] += weights_[m] * forecasts_[m][j];
      continue;
    }
    for (std::size_t m = 0; m < members_.size(); ++m) column_[m] = forecasts_[m][j];
    std::sort(column_.begin(), column_.end());
    const std::size_t half = column_.size() / 2;
    forecast[j] = column_.size() % 2 == 1 ? column_[half] : (column_[half - 1] + column_[half]) / 2;
  }
}

}  // namespace weir::lstm_model
