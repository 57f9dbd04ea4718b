// SPDX-License-Identifier: Apache-2.0
#include "weighting.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace weir::auto_model {
namespace {

constexpr double most_picks = 10;
constexpr double worth_a_pick = 0.998;  // of the error before
constexpr double as_good = 1.02;        // of the best model's error: no telling which is better
constexpr double harmless = 1.002;      // of the best model's error, on the other half
constexpr double certain = 2;           // standard errors
constexpr double hopeless = 1e100;      // of values that are scaled

std::vector<double> alone(std::size_t model, std::size_t count) {
  std::vector<double> weights(count);
  weights[model] = 1;
  return weights;
}

std::size_t best_alone(const Contest& contest, std::size_t begin, std::size_t end) {
  std::size_t best = 0;
  double least = std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < contest.forecasts.size(); ++i) {
    const double error = error_of(contest, alone(i, contest.forecasts.size()), begin, end);
    if (error < least) {
      least = error;
      best = i;
    }
  }
  return best;
}

std::vector<double> mixture(const Contest& contest, std::size_t begin, std::size_t end) {
  const std::size_t models = contest.forecasts.size();
  std::vector<double> weights(models);
  const double best_error =
      error_of(contest, alone(best_alone(contest, begin, end), models), begin, end);
  double first_picks = 0;
  for (std::size_t model = 0; model < models; ++model) {
    if (error_of(contest, alone(model, models), begin, end) > as_good * best_error) continue;
    weights[model] = 1;
    ++first_picks;
  }
  for (double& weight : weights) weight /= first_picks;
  std::vector<double> mean(contest.truths.size());
  for (std::size_t i = begin; i < end; ++i) {
    for (std::size_t model = 0; model < models; ++model)
      mean[i] += weights[model] * contest.forecasts[model][i];
  }
  double error = error_of(contest, weights, begin, end) * static_cast<double>(end - begin);
  for (double before = first_picks; before < most_picks; ++before) {
    std::size_t best = models;
    double least = error * worth_a_pick;
    for (std::size_t model = 0; model < models; ++model) {
      double sum = 0;
      for (std::size_t i = begin; i < end && sum < least; ++i) {
        const double now = (before * mean[i] + contest.forecasts[model][i]) / (before + 1);
        sum += std::abs(now - contest.truths[i]);
      }
      if (sum < least) {
        least = sum;
        best = model;
      }
    }
    if (best == models) break;
    error = least;
    for (std::size_t i = begin; i < end; ++i)
      mean[i] = (before * mean[i] + contest.forecasts[best][i]) / (before + 1);
    for (double& weight : weights) weight *= before / (before + 1);
    weights[best] += 1 / (before + 1);
  }
  return weights;
}

/// Mixtures and best models of each half, judged on the other.
bool mixtures_hold(const Contest& contest) {
  const std::size_t models = contest.forecasts.size();
  const std::size_t all = contest.truths.size();
  const std::size_t half = all / 2;
  if (half == 0) return false;
  const double mixed = error_of(contest, mixture(contest, 0, half), half, all) +
                       error_of(contest, mixture(contest, half, all), 0, half);
  const double single = error_of(contest, alone(best_alone(contest, 0, half), models), half, all) +
                        error_of(contest, alone(best_alone(contest, half, all), models), 0, half);
  return mixed <= harmless * single;
}

/// Mean gain of `weights` over `other` in standard errors.
double certainty(const Contest& contest, std::span<const double> weights,
                 std::span<const double> other, std::size_t block) {
  std::vector<double> gains;
  for (std::size_t begin = 0; begin + block <= contest.truths.size(); begin += block) {
    gains.push_back(error_of(contest, other, begin, begin + block) -
                    error_of(contest, weights, begin, begin + block));
  }
  if (gains.size() < 2) return 0;
  const auto count = static_cast<double>(gains.size());
  double mean = 0;
  for (const double gain : gains) mean += gain / count;
  double variance = 0;
  for (const double gain : gains) variance += (gain - mean) * (gain - mean) / (count - 1);
  if (variance == 0) return mean > 0 ? certain : 0;
  return mean / std::sqrt(variance / count);
}

}  // namespace

double error_of(const Contest& contest, std::span<const double> weights, std::size_t begin,
                std::size_t end) {
  double sum = 0;
  for (std::size_t i = begin; i < end; ++i) {
    double value = 0;
    for (std::size_t model = 0; model < weights.size(); ++model) {
      // A model without weight may have forecast anything.
      if (weights[model] != 0) value += weights[model] * contest.forecasts[model][i];
    }
    sum += std::abs(value - contest.truths[i]);
  }
  return sum / static_cast<double>(end - begin);
}

Verdict judge(const Contest& given, const std::vector<bool>& trusted, std::size_t second_naive,
              std::size_t block, bool mixtures) {
  // Models that are not trusted stand still: a forecast that nobody would pick.
  Contest contest = given;
  for (std::size_t i = 0; i < trusted.size(); ++i) {
    if (!trusted[i]) std::fill(contest.forecasts[i].begin(), contest.forecasts[i].end(), hopeless);
  }
  const std::size_t all = contest.truths.size();
  const std::size_t models = contest.forecasts.size();
  const auto first = alone(0, models);
  const auto second = alone(second_naive, models);
  const bool seasonal = error_of(given, second, 0, all) < error_of(given, first, 0, all);
  const auto& naive = seasonal ? second : first;
  Verdict verdict;
  verdict.weights = alone(best_alone(contest, 0, all), models);
  if (mixtures && models > 1 && mixtures_hold(contest)) {
    verdict.weights = mixture(contest, 0, all);
    verdict.reason = Verdict::Reason::mixture;
  }
  const double share =
      std::clamp(1 - certainty(given, verdict.weights, naive, block) / certain, 0.0, 1.0);
  if (share == 1 || verdict.weights == naive) {
    verdict.weights = naive;
    verdict.reason = Verdict::Reason::naive;
  } else if (share > 0.05) {
    for (std::size_t i = 0; i < models; ++i)
      verdict.weights[i] = (1 - share) * verdict.weights[i] + share * naive[i];
    verdict.reason = Verdict::Reason::part_naive;
  }
  verdict.error = error_of(given, verdict.weights, 0, all);
  return verdict;
}

}  // namespace weir::auto_model
