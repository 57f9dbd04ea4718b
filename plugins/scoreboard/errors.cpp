// SPDX-License-Identifier: Apache-2.0
#include "errors.hpp"

#include <cmath>
#include <limits>

namespace weir::scoreboard {
namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

double mean_of(double sum, std::size_t count) {
  return count == 0 ? unknown : sum / static_cast<double>(count);
}

}  // namespace

double pinball_loss(double actual, double predicted, double quantile) {
  const double above = actual - predicted;
  return above >= 0 ? quantile * above : (quantile - 1) * above;
}

void ErrorMeter::add(const Outcome& outcome) {
  const double error = outcome.predicted - outcome.actual;
  const double size = std::abs(outcome.actual) + std::abs(outcome.predicted);
  ++count_;
  absolute_ += std::abs(error);
  squared_ += error * error;
  relative_ += size > 0 ? 200 * std::abs(error) / size : 0;
  pinball_median_ += pinball_loss(outcome.actual, outcome.predicted, 0.5);
  const double before = outcome.actual - mean_;
  mean_ += before / static_cast<double>(count_);
  variance_ += before * (outcome.actual - mean_);
  if (std::isnan(outcome.lower) || std::isnan(outcome.upper)) return;
  ++intervals_;
  held_ += outcome.lower <= outcome.actual && outcome.actual <= outcome.upper ? 1U : 0U;
  width_ += outcome.upper - outcome.lower;
  pinball_lower_ += pinball_loss(outcome.actual, outcome.lower, tail_);
  pinball_upper_ += pinball_loss(outcome.actual, outcome.upper, 1 - tail_);
}

Errors ErrorMeter::errors() const {
  Errors errors;
  errors.count = count_;
  errors.mae = mean_of(absolute_, count_);
  errors.rmse = std::sqrt(mean_of(squared_, count_));
  errors.r2 = variance_ > 0 ? 1 - squared_ / variance_ : unknown;
  errors.smape_percent = mean_of(relative_, count_);
  errors.coverage = mean_of(static_cast<double>(held_), intervals_);
  errors.width = mean_of(width_, intervals_);
  errors.pinball_lower = mean_of(pinball_lower_, intervals_);
  errors.pinball_median = mean_of(pinball_median_, count_);
  errors.pinball_upper = mean_of(pinball_upper_, intervals_);
  errors.pinball = (errors.pinball_lower + errors.pinball_median + errors.pinball_upper) / 3;
  return errors;
}

}  // namespace weir::scoreboard
