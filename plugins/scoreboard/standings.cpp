// SPDX-License-Identifier: Apache-2.0
#include "standings.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <map>

namespace weir::scoreboard {
namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
/// Absolute errors in the order of the moments.
using Losses = std::vector<double>;

double mean(const Losses& losses) {
  double sum = 0;
  for (const double loss : losses) sum += loss;
  return losses.empty() ? unknown : sum / static_cast<double>(losses.size());
}

/// One step ahead, or all, of one column.
class Group {
 public:
  Group(const std::string& name, const Column& column, std::vector<Moment> moments,
        std::size_t step, double interval)
      : name_(name),
        column_(column),
        moments_(std::move(moments)),
        step_(step),
        grid_(std::max<std::int64_t>(1, column.grid())),
        interval_(interval) {
    for (const Moment& moment : moments_) horizon_ = std::max<std::size_t>(horizon_, moment.step);
  }

  [[nodiscard]] std::vector<Standing> standings() const {
    std::map<std::string, Losses> losses;
    std::vector<Standing> rows;
    for (const auto& [model, outcomes] : column_.models) {
      losses[model] = losses_of(outcomes, [](const Judged& j) { return j.outcome.predicted; });
      rows.push_back(standing(model, losses[model]));
    }
    std::stable_sort(rows.begin(), rows.end(), [](const Standing& a, const Standing& b) {
      return a.errors.mae < b.errors.mae;
    });
    for (std::size_t i = 0; i < rows.size(); ++i) {
      rows[i].place = i + 1;
      rows[i].best = rows.front().model;
      rows[i].against_best = compare(losses[rows[i].model], losses[rows.front().model]);
    }
    return rows;
  }

 private:
  [[nodiscard]] Losses losses_of(const std::map<Moment, Judged>& outcomes,
                                 const std::function<double(const Judged&)>& forecast) const {
    Losses losses;
    losses.reserve(moments_.size());
    for (const Moment& moment : moments_) {
      const Judged& judged = outcomes.at(moment);
      losses.push_back(std::abs(forecast(judged) - judged.outcome.actual));
    }
    return losses;
  }

  [[nodiscard]] Standing standing(const std::string& model, const Losses& losses) const {
    const std::map<Moment, Judged>& outcomes = column_.models.at(model);
    ErrorMeter meter(interval_);
    for (const Moment& moment : moments_) meter.add(outcomes.at(moment).outcome);
    const Losses naive = losses_of(outcomes, [](const Judged& j) { return j.naive; });
    const Losses seasonal = losses_of(outcomes, [](const Judged& j) { return j.seasonal_naive; });
    Standing row;
    row.column = name_;
    row.unit = column_.unit;
    row.model = model;
    row.step = step_;
    row.errors = meter.errors();
    row.mase = row.errors.mae / column_.mase_scale.value_or(unknown);
    row.naive_mae = mean(naive);  // NaN if one is missing: it is compared on all or not at all
    row.seasonal_naive_mae = mean(seasonal);
    row.skill_naive = skill(row.errors.mae, row.naive_mae);
    row.skill_seasonal_naive = skill(row.errors.mae, row.seasonal_naive_mae);
    const bool seasonal_is_better =
        row.seasonal_naive_mae < row.naive_mae ||
        (std::isnan(row.naive_mae) && !std::isnan(row.seasonal_naive_mae));
    if (!std::isnan(row.naive_mae) || !std::isnan(row.seasonal_naive_mae))
      row.baseline = seasonal_is_better ? "seasonal naive" : "naive";
    row.against_baseline = compare(losses, seasonal_is_better ? seasonal : naive);
    return row;
  }

  static double skill(double error, double baseline) {
    return baseline > 0 ? 1 - error / baseline : unknown;
  }

  /// Of several steps the loss at an origin is the mean over them (the average superior predictive
  /// ability of Quaedvlieg 2021).
  [[nodiscard]] DieboldMariano compare(const Losses& one, const Losses& other) const {
    struct Sum {
      double difference = 0;
      double count = 0;
    };
    std::map<std::int64_t, Sum> by_origin;
    for (std::size_t i = 0; i < moments_.size(); ++i) {
      Sum& sum = by_origin[moments_[i].time / grid_ - moments_[i].step];
      // Two ways to one forecast differ by rounding, which is no difference.
      const double difference = one[i] - other[i];
      sum.difference += std::abs(difference) <= 1e-9 * (one[i] + other[i]) ? 0 : difference;
      sum.count += 1;
    }
    std::vector<LossDifference> differences;
    for (const auto& [origin, sum] : by_origin) {
      const double value = sum.difference / sum.count;
      if (!std::isnan(value)) differences.push_back({origin, value});
    }
    return diebold_mariano(differences, horizon_);
  }

  const std::string& name_;
  const Column& column_;
  std::vector<Moment> moments_;
  std::size_t step_;
  std::int64_t grid_;
  double interval_;
  std::size_t horizon_ = 0;
};

}  // namespace

std::vector<Standing> standings(const Forecasts& forecasts, double interval) {
  std::vector<Standing> all;
  for (const auto& [name, column] : forecasts.columns()) {
    const std::vector<Moment> common = column.common();
    if (common.empty()) continue;
    std::map<std::size_t, std::vector<Moment>> by_step{{0, common}};
    for (const Moment& moment : common) by_step[moment.step].push_back(moment);
    for (const auto& [step, moments] : by_step) {
      const auto rows = Group(name, column, moments, step, interval).standings();
      all.insert(all.end(), rows.begin(), rows.end());
    }
  }
  return all;
}

}  // namespace weir::scoreboard
