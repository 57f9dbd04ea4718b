// SPDX-License-Identifier: Apache-2.0
#include "smoothing.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace weir::baseline_models {
namespace {

constexpr std::size_t most_origins = 1'000;
constexpr int most_evaluations = 160;
constexpr std::array no_season{0.0, 0.0, 1.0};  // by Seasonal: what changes nothing

double mean_of(std::span<const double> values) {
  double sum = 0;
  std::size_t count = 0;
  for (const double value : values) {
    if (std::isnan(value)) continue;
    sum += value;
    ++count;
  }
  return count == 0 ? std::numeric_limits<double>::quiet_NaN() : sum / static_cast<double>(count);
}

/// Mean absolute error over steps and origins; the first part only moves the state on.
double error_of(const SmoothingForm& form, const SmoothingWeights& weights, SmoothingState state,
                std::span<const double> values, std::size_t horizon) {
  const std::size_t begin =
      std::min(values.size() / 4, std::max<std::size_t>(10, state.seasonal.size()));
  if (values.size() <= begin + horizon) return std::numeric_limits<double>::infinity();
  const std::size_t stride = 1 + (values.size() - begin - horizon) / most_origins;
  std::vector<double> ahead(horizon);
  double sum = 0;
  std::size_t count = 0;
  for (std::size_t row = 0; row + horizon <= values.size(); ++row) {
    if (row >= begin && (row - begin) % stride == 0) {
      state.forecast(form, weights, ahead);
      for (std::size_t step = 0; step < horizon; ++step) {
        if (std::isnan(values[row + step])) continue;
        sum += std::abs(values[row + step] - ahead[step]);
        ++count;
      }
    }
    state.update(form, weights, values[row]);
  }
  const double error = sum / static_cast<double>(count);
  return std::isfinite(error) ? error : std::numeric_limits<double>::infinity();
}

double between(double low, double high, double logit) {
  return low + (high - low) / (1 + std::exp(-logit));
}

/// Any four numbers as weights that keep the filter stable: 0 < alpha < 1, beta < alpha,
/// gamma < 1 - alpha, 0.8 < phi < 0.98.
SmoothingWeights from_logits(const SmoothingForm& form, const std::array<double, 4>& logits) {
  SmoothingWeights weights;
  weights.alpha = between(1e-4, 0.9999, logits[0]);
  if (form.trend != Trend::none) weights.beta = weights.alpha * between(0, 1, logits[1]);
  if (form.seasonal != Seasonal::none)
    weights.gamma = (1 - weights.alpha) * between(0, 1, logits[2]);
  if (form.trend == Trend::damped) weights.phi = between(0.8, 0.98, logits[3]);
  return weights;
}

}  // namespace

SmoothingState first_state(const SmoothingForm& form, std::size_t season,
                           std::span<const double> values) {
  SmoothingState state;
  const double neutral = no_season[static_cast<std::size_t>(form.seasonal)];
  if (form.seasonal == Seasonal::none) season = 1;
  state.seasonal.assign(season, neutral);
  if (form.seasonal == Seasonal::none) {
    const auto head = values.first(std::min<std::size_t>(values.size(), 10));
    state.level = mean_of(head);
  } else {
    const std::size_t cycles = std::min<std::size_t>(3, values.size() / season);
    for (std::size_t place = 0; place < season; ++place) {
      std::vector<double> seen;
      for (std::size_t cycle = 0; cycle < cycles; ++cycle) {
        const double mean = mean_of(values.subspan(cycle * season, season));
        const double value = values[cycle * season + place];
        seen.push_back(form.seasonal == Seasonal::multiplicative ? value / mean : value - mean);
      }
      const double typical = mean_of(seen);
      if (std::isfinite(typical)) state.seasonal[place] = typical;
    }
    if (form.seasonal == Seasonal::multiplicative)
      for (double& factor : state.seasonal) factor = std::max(factor, 1e-3);
    state.level = mean_of(values.first(std::min(season, values.size())));
    if (cycles >= 2 && form.trend != Trend::none) {
      const double change = mean_of(values.subspan(season, season)) - state.level;
      if (std::isfinite(change)) state.slope = change / static_cast<double>(season);
    }
  }
  if (!std::isfinite(state.level)) state.level = 0;
  return state;
}

SmoothingWeights best_weights(const SmoothingForm& form, const SmoothingState& first,
                              std::span<const double> values, std::size_t horizon, double& error) {
  const std::array<bool, 4> free{true, form.trend != Trend::none, form.seasonal != Seasonal::none,
                                 form.trend == Trend::damped};
  std::array<double, 4> best{};
  error = std::numeric_limits<double>::infinity();
  int evaluations = 0;
  const auto try_at = [&](const std::array<double, 4>& logits) {
    ++evaluations;
    const double now = error_of(form, from_logits(form, logits), first, values, horizon);
    if (!(now < error)) return false;
    error = now;
    best = logits;
    return true;
  };
  for (const double alpha : {-3.0, -1.0, 1.0, 4.0}) try_at({alpha, -4, -3, 1});
  for (double step = 1.6; step > 0.15 && evaluations < most_evaluations;) {
    bool better = false;
    for (std::size_t i = 0; i < best.size(); ++i) {
      if (!free[i]) continue;
      for (const double direction : {step, -step}) {
        std::array<double, 4> moved = best;
        moved[i] = std::clamp(moved[i] + direction, -9.0, 9.0);
        if (moved[i] == best[i] || !try_at(moved)) continue;
        better = true;
        break;
      }
    }
    if (!better) step /= 2;
  }
  return from_logits(form, best);
}

}  // namespace weir::baseline_models
