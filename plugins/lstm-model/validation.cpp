// SPDX-License-Identifier: Apache-2.0
#include "validation.hpp"

namespace weir::lstm_model {

Validation::Validation(Trainer<float>& trainer, std::span<const Sample<float>> samples,
                       std::size_t outputs, Loss loss, double quantile)
    : samples_(samples),
      outputs_(outputs),
      loss_(loss),
      quantile_(quantile),
      forecasts_(samples.size() * outputs) {
  trainer.predict(samples, forecasts_);
}

double Validation::error(std::size_t window, std::size_t output, double trust) const {
  const Sample<float>& sample = samples_[window];
  const double scale = sample.scale == nullptr ? 1 : static_cast<double>(sample.scale[output]);
  const auto forecast = static_cast<double>(forecasts_[window * outputs_ + output]);
  return scale * (trust * forecast - static_cast<double>(sample.target[output]));
}

double Validation::output_loss(std::size_t output, double trust) const {
  double sum = 0;
  for (std::size_t window = 0; window < samples_.size(); ++window)
    sum += loss_of<double>(loss_, error(window, output, trust), quantile_).value;
  return sum;
}

std::vector<double> Validation::best_trust() const {
  std::vector<double> best;
  for (std::size_t output = 0; output < outputs_; ++output)
    best.push_back(best_part([&](double trust) { return output_loss(output, trust); }));
  return best;
}

double Validation::loss(std::span<const double> trust) const {
  double sum = 0;
  for (std::size_t output = 0; output < outputs_; ++output)
    sum += output_loss(output, trust[output]);
  return sum / static_cast<double>(forecasts_.size());
}

}  // namespace weir::lstm_model
