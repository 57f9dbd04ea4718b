// SPDX-License-Identifier: Apache-2.0
#include "rollout.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "validation.hpp"

namespace weir::lstm_model {

Rollout::Rollout(const InputPlan& plan, const TrainingSet& set, std::span<const double> loss_units,
                 Loss loss, double quantile, std::size_t most)
    : plan_(plan), loss_units_(loss_units), loss_(loss), quantile_(quantile) {
  const std::span<const std::uint64_t> windows = set.validation();
  const std::size_t count = std::min(most, windows.size());
  for (std::size_t i = 1; i <= count; ++i) {
    const std::uint64_t first = windows[i * windows.size() / count - 1];
    const std::size_t begin = set.series_begin(first);
    const std::size_t origin = first + plan.steps;
    const Rows known(set.rows()[begin].data(), set.raw().times + begin, origin - begin,
                     set.features());
    read_window(plan, known, set.step(), inputs_.emplace_back());
    for (std::size_t step = 0; step < plan.horizon; ++step) {
      for (const std::uint32_t target : plan.targets)
        truths_.push_back(set.rows().at(origin + step, target));
    }
  }
}

double Rollout::loss(const Member& member) const {
  MemberPredictor predictor(plan_, member);
  std::vector<double> forecast(plan_.outputs());
  double sum = 0;
  auto truth = truths_.begin();
  for (const WindowInputs& inputs : inputs_) {
    predictor.predict(inputs, forecast);
    for (std::size_t j = 0; j < forecast.size(); ++j) {
      const double error = (forecast[j] - *truth++) / loss_units_[j % plan_.targets.size()];
      sum += loss_of<double>(loss_, error, quantile_).value;
    }
  }
  const double mean = sum / static_cast<double>(truths_.size());
  // What grows over all bounds is no number; it is worse than any.
  return std::isfinite(mean) ? mean : std::numeric_limits<double>::infinity();
}

std::vector<double> Rollout::best_trust(Member member) const {
  member.trust.assign(plan_.targets.size(), 1);
  for (double& trust : member.trust) {
    trust = best_part([&](double part) {
      trust = part;
      return loss(member);
    });
  }
  return member.trust;
}

}  // namespace weir::lstm_model
