// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Exponential smoothing with additive errors in its error-correction form. Formulas: Hyndman and
/// Athanasopoulos, Forecasting: Principles and Practice, 3rd edition, sections 8.4 and 8.5.
///
/// With the one-step forecast f and e = y - f, for additive seasons of m rows:
///   f = l + phi b + s[t-m],  l' = l + phi b + alpha e,  b' = phi b + beta e,  s' = s[t-m] + gamma
///   e
/// for multiplicative ones:
///   f = (l + phi b) s[t-m],  l' = l + phi b + alpha e / s,  b' = phi b + beta e / s,
///   s' = s[t-m] + gamma e / (l + phi b)
/// A missing value moves the state on as if the forecast had come true.

#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

namespace weir::baseline_models {

enum class Trend : std::uint8_t { none, additive, damped };
enum class Seasonal : std::uint8_t { none, additive, multiplicative };

struct SmoothingForm {
  Trend trend = Trend::none;
  Seasonal seasonal = Seasonal::none;
  bool operator==(const SmoothingForm&) const = default;
};

struct SmoothingWeights {
  double alpha = 0.3;
  double beta = 0;
  double gamma = 0;
  double phi = 1;  // 1: the trend is not damped
};

struct SmoothingState {
  double level = 0;
  double slope = 0;              // change per row
  std::vector<double> seasonal;  // one per place in the season; one that is neutral without
  std::size_t place = 0;         // of the next row

  /// Moves on by one row. The lines above are the proof.
  void update(const SmoothingForm& form, const SmoothingWeights& weights, double value) {
    double& season = seasonal[place];
    place = place + 1 == seasonal.size() ? 0 : place + 1;
    const double ahead = level + weights.phi * slope;
    const bool multiplied = form.seasonal == Seasonal::multiplicative;
    const double error =
        std::isnan(value) ? 0 : value - (multiplied ? ahead * season : ahead + season);
    const double per_season = multiplied ? error / season : error;
    level = ahead + weights.alpha * per_season;
    slope = weights.phi * slope + weights.beta * per_season;
    if (form.seasonal == Seasonal::none) return;
    // A factor of nothing or less turns the forecast around: it stays small and positive.
    if (multiplied) {
      if (std::abs(ahead) > 1e-12) season = std::max(season + weights.gamma * error / ahead, 1e-3);
    } else {
      season += weights.gamma * error;
    }
  }
  /// The next values.
  void forecast(const SmoothingForm& form, const SmoothingWeights& weights,
                std::span<double> values) const {
    double damping = 0;
    double power = 1;
    std::size_t at = place;
    for (double& value : values) {
      power *= weights.phi;
      damping += power;
      const double ahead = level + damping * slope;
      value =
          form.seasonal == Seasonal::multiplicative ? ahead * seasonal[at] : ahead + seasonal[at];
      at = at + 1 == seasonal.size() ? 0 : at + 1;
    }
  }
};

/// A state to begin with: the season's profile from the first whole seasons of `values` (at most
/// three), level and slope from the same.
[[nodiscard]] SmoothingState first_state(const SmoothingForm& form, std::size_t season,
                                         std::span<const double> values);

/// The weights that forecast `horizon` steps over `values` with the least mean absolute error, by a
/// pattern search of bounded length (Hooke and Jeeves 1961). Steps ahead, and not one, because that
/// is what is asked for: weights that are best for one step overshoot. `error`: what was reached.
[[nodiscard]] SmoothingWeights best_weights(const SmoothingForm& form, const SmoothingState& first,
                                            std::span<const double> values, std::size_t horizon,
                                            double& error);

}  // namespace weir::baseline_models
