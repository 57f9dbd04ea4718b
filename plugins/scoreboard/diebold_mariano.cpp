// SPDX-License-Identifier: Apache-2.0
#include "diebold_mariano.hpp"

#include <array>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <cstdio>
#include <limits>
#include <vector>

namespace weir::scoreboard {
namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
constexpr double level = 0.05;

/// sum (d[t] - mean)(d[t - lag] - mean) / n, over the pairs that are there.
double autocovariance(std::span<const LossDifference> differences, double mean, std::int64_t lag) {
  double sum = 0;
  std::size_t earlier = 0;
  for (const LossDifference& later : differences) {
    while (differences[earlier].origin < later.origin - lag) ++earlier;
    if (differences[earlier].origin != later.origin - lag) continue;
    sum += (later.value - mean) * (differences[earlier].value - mean);
  }
  return sum / static_cast<double>(differences.size());
}

double variance_of_mean(std::span<const LossDifference> differences, double mean,
                        std::size_t horizon) {
  std::vector<double> covariances;
  for (std::size_t lag = 0; lag < horizon; ++lag)
    covariances.push_back(autocovariance(differences, mean, static_cast<std::int64_t>(lag)));
  double equal = covariances[0];
  double bartlett = covariances[0];
  for (std::size_t lag = 1; lag < horizon; ++lag) {
    equal += 2 * covariances[lag];
    bartlett +=
        2 * (1 - static_cast<double>(lag) / static_cast<double>(horizon)) * covariances[lag];
  }
  return (equal > 0 ? equal : bartlett) / static_cast<double>(differences.size());
}

}  // namespace

DieboldMariano diebold_mariano(std::span<const LossDifference> differences, std::size_t horizon) {
  DieboldMariano result{differences.size(), unknown, unknown, unknown};
  if (differences.empty() || horizon == 0) return result;
  const auto n = static_cast<double>(differences.size());
  const auto h = static_cast<double>(horizon);
  result.mean = 0;
  for (const LossDifference& difference : differences) result.mean += difference.value / n;
  const double correction = (n + 1 - 2 * h + h * (h - 1) / n) / n;
  if (differences.size() <= horizon || correction <= 0) return result;
  const double variance = variance_of_mean(differences, result.mean, horizon);
  // Rounding leaves a trace of variance in differences that are all the same.
  if (!(variance > 1e-24 * result.mean * result.mean) || variance <= 0) return result;
  result.statistic = std::sqrt(correction) * result.mean / std::sqrt(variance);
  const boost::math::students_t distribution(n - 1);
  result.p = 2 * boost::math::cdf(distribution, -std::abs(result.statistic));
  return result;
}

std::string verdict(const DieboldMariano& test) {
  if (test.mean == 0) return "the same";
  if (std::isnan(test.p)) return "not known";
  const char* word = test.p >= level ? "no different" : test.mean < 0 ? "better" : "worse";
  if (test.p < 0.001) return std::string(word) + " (p < 0.001)";
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), "%s (p = %.*f)", word, test.p < 0.095 ? 3 : 2, test.p);
  return text.data();
}

}  // namespace weir::scoreboard
