// SPDX-License-Identifier: Apache-2.0
#include "weighting.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "mixing.hpp"

namespace weir::auto_model {
namespace {

constexpr double certain = 2;         // standard errors
constexpr double power = 3;           // of the error, by which models count
constexpr double least_naive = 0.05;  // of a mixture
constexpr double hopeless = 1e100;    // of values that are scaled

std::vector<double> alone(std::size_t model, std::size_t count) {
  std::vector<double> weights(count);
  weights[model] = 1;
  return weights;
}

std::vector<double> errors_alone(const Contest& contest) {
  const std::size_t models = contest.forecasts.size();
  std::vector<double> errors;
  for (std::size_t i = 0; i < models; ++i)
    errors.push_back(error_of(contest, alone(i, models), 0, contest.truths.size()));
  return errors;
}

std::vector<double> best_alone(std::span<const double> errors) {
  const auto best = std::min_element(errors.begin(), errors.end());
  return alone(static_cast<std::size_t>(best - errors.begin()), errors.size());
}

std::vector<double> mixture(std::span<const double> errors) {
  std::vector<double> weights = model_parts::shares_by_error(errors, power);
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  for (double& weight : weights) weight /= sum;
  return weights;
}

/// Mean gain of `weights` over `other` in standard errors. The gain of a block is a share of the
/// errors in it, so that a few blocks with great errors do not hide that all others gain, too; and
/// of the mean error, so that blocks in which next to nothing happens do not count as much.
double certainty(const Contest& contest, std::span<const double> weights,
                 std::span<const double> other, std::size_t block) {
  std::vector<double> gains;
  const double usual = error_of(contest, other, 0, contest.truths.size());
  for (std::size_t begin = 0; begin + block <= contest.truths.size(); begin += block) {
    const double without = error_of(contest, other, begin, begin + block);
    const double with = error_of(contest, weights, begin, begin + block);
    gains.push_back(without == with ? 0 : (without - with) / (without + with + usual));
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
  std::vector<model_parts::WeightedValue> values;
  for (std::size_t i = begin; i < end; ++i) {
    values.clear();
    for (std::size_t model = 0; model < weights.size(); ++model) {
      // A model without weight may have forecast anything.
      if (weights[model] != 0) values.push_back({contest.forecasts[model][i], weights[model]});
    }
    const double value = model_parts::trimmed_mean(values, model_parts::outer_quarter);
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
  const std::vector<double> errors = errors_alone(contest);
  verdict.weights = mixtures ? mixture(errors) : best_alone(errors);
  const bool mixed = std::count(verdict.weights.begin(), verdict.weights.end(), 0) + 1 <
                     static_cast<std::ptrdiff_t>(models);
  if (mixed) verdict.reason = Verdict::Reason::mixture;
  // No validation part tells how unlike it the future will be. Where the models see much, the
  // middle half leaves this share out; where they see little, it is the nearest vote for doing
  // nothing.
  const double least = mixed ? least_naive : 0;
  const double share =
      std::clamp(1 - certainty(given, verdict.weights, naive, block) / certain, least, 1.0);
  for (std::size_t i = 0; i < models; ++i)
    verdict.weights[i] = (1 - share) * verdict.weights[i] + share * naive[i];
  if (share > least_naive) verdict.reason = Verdict::Reason::part_naive;
  // The middle half is all of one that has three quarters.
  const auto most = std::max_element(verdict.weights.begin(), verdict.weights.end());
  if (*most >= 1 - model_parts::outer_quarter) {
    verdict.weights = alone(static_cast<std::size_t>(most - verdict.weights.begin()), models);
    verdict.reason =
        verdict.weights == naive ? Verdict::Reason::naive : Verdict::Reason::best_alone;
  }
  verdict.error = error_of(given, verdict.weights, 0, all);
  return verdict;
}

}  // namespace weir::auto_model
