// SPDX-License-Identifier: Apache-2.0
#include "ets.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "seasons.hpp"

namespace weir::baseline_models {
namespace {

// A state forgets: what lies further back has no weight worth the time.
constexpr std::size_t most_rows_back = 20'000;
constexpr std::size_t most_learned = 4'000;
constexpr std::size_t most_judged = 400;

struct RowRange {
  std::size_t begin = 0;
  std::size_t end = 0;
};

/// The last rows, not too many, of the longest series before `end`.
RowRange rows_to_learn(const TargetSet& set, std::size_t end, std::size_t season) {
  RowRange longest;
  for (std::size_t stop = std::min(end, set.set().rows().size()); stop > 0;) {
    const std::size_t begin = set.set().series_begin(stop - 1);
    if (stop - begin > longest.end - longest.begin) longest = {begin, stop};
    stop = begin;
  }
  const std::size_t most = std::max(most_learned, 4 * season);
  if (longest.end - longest.begin > most) longest.begin = longest.end - most;
  return longest;
}

bool all_positive(std::span<const double> values) {
  return std::all_of(values.begin(), values.end(),
                     [](double value) { return std::isnan(value) || value > 0; });
}

}  // namespace

void Ets::learn_before(const TargetSet& set, std::size_t end) {
  const Rows& rows = set.set().rows();
  const RowRange range = rows_to_learn(set, end, cycle_.season);
  std::vector<double> values;
  for (std::size_t row = range.begin; row < range.end; ++row)
    values.push_back(rows.at(row, set.feature()) * unit_ + zero_);
  SmoothingState state = first_state(form_, cycle_.season, values);
  double error = 0;
  weights_ = best_weights(form_, state, values, set.horizon(), error);
  for (const double value : values) state.update(form_, weights_, value);
  slope_ = std::isfinite(state.slope) ? state.slope : 0;
  // The state counts from the first row learned, the cycle from its anchor.
  const std::size_t shift = cycle_.place(rows.time(range.begin));
  profile_.assign(cycle_.season, 0);
  for (std::size_t i = 0; i < cycle_.season; ++i)
    profile_[(i + shift) % cycle_.season] = state.seasonal[i];
}

void Ets::choose(const TargetSet& set, const Settings& /*settings*/, const Watch& /*watch*/) {
  const double scale = set.set().scale()[set.feature()];
  unit_ = scale != 0 && std::isfinite(scale) ? scale : 1;
  zero_ = set.set().offset()[set.feature()];
  const RowRange range = rows_to_learn(set, set.train_end(), 1);
  std::vector<double> seen;
  for (std::size_t row = range.begin; row < range.end; ++row)
    seen.push_back(set.set().rows().at(row, set.feature()) * unit_ + zero_);
  const bool positive = all_positive(seen);
  const auto judged = model_parts::thinned(set.validation(), most_judged);
  Ets best;
  double best_error = std::numeric_limits<double>::infinity();
  const auto consider = [&](Trend trend, Seasonal seasonal, std::size_t season) {
    Ets candidate = *this;
    candidate.form_ = {trend, seasonal};
    candidate.cycle_ = {season, set.set().rows().time(0), set.set().step()};
    candidate.learn_before(set, set.train_end());
    const double error = set.error(judged, [&](const History& history, std::span<double> values) {
      candidate.forecast(history, set.feature(), values);
    });
    if (error < best_error || best.profile_.empty()) {
      best = candidate;
      best_error = std::isnan(error) ? best_error : error;
    }
  };
  for (const Trend trend : {Trend::none, Trend::additive, Trend::damped}) {
    consider(trend, Seasonal::none, 1);
    for (const std::size_t season : model_parts::usable_seasons(set.set(), set.train_end())) {
      consider(trend, Seasonal::additive, season);
      if (positive) consider(trend, Seasonal::multiplicative, season);
    }
  }
  *this = std::move(best);
}

void Ets::learn(const TargetSet& set, const Settings& /*settings*/, const Watch& /*watch*/) {
  learn_before(set, set.all_end());
}

void Ets::forecast(const History& history, std::size_t feature, std::span<double> values) const {
  const std::size_t count = std::min(history.origin() - history.begin(), most_rows_back);
  const auto physical = [&](std::size_t back) {
    return history.before(back, feature) * unit_ + zero_;
  };
  SmoothingState state;
  state.seasonal = profile_;
  state.place = cycle_.place(history.rows().time(history.origin() - count));
  state.slope = slope_;
  // The level: what the first rows say without their season.
  double sum = 0;
  std::size_t seen = 0;
  for (std::size_t i = 0; i < count && seen < 10; ++i) {
    const double value = physical(count - i);
    if (std::isnan(value)) continue;
    const double season = profile_[(state.place + i) % profile_.size()];
    sum += form_.seasonal == Seasonal::multiplicative ? value / season : value - season;
    ++seen;
  }
  state.level = seen == 0 ? 0 : sum / static_cast<double>(seen);
  for (std::size_t back = count; back > 0; --back) state.update(form_, weights_, physical(back));
  state.forecast(form_, weights_, values);
  const double last = history.last(feature);
  for (double& value : values) {
    value = (value - zero_) / unit_;
    if (!std::isfinite(value)) value = last;  // a product that ran away
  }
}

void Ets::put(BytesWriter& to) const {
  to.put(static_cast<std::uint8_t>(form_.trend));
  to.put(static_cast<std::uint8_t>(form_.seasonal));
  for (const double weight : {weights_.alpha, weights_.beta, weights_.gamma, weights_.phi})
    to.put(weight);
  for (const double number : {slope_, unit_, zero_}) to.put(number);
  cycle_.put(to);
  to.put_list(profile_);
}

Ets Ets::take(BytesReader& from, const ModelShape& /*shape*/) {
  Ets part;
  const auto trend = from.take<std::uint8_t>();
  const auto seasonal = from.take<std::uint8_t>();
  if (trend > static_cast<std::uint8_t>(Trend::damped) ||
      seasonal > static_cast<std::uint8_t>(Seasonal::multiplicative)) {
    from.refuse("name an unknown form of smoothing");
  }
  part.form_ = {static_cast<Trend>(trend), static_cast<Seasonal>(seasonal)};
  for (double* weight :
       {&part.weights_.alpha, &part.weights_.beta, &part.weights_.gamma, &part.weights_.phi}) {
    *weight = from.take<double>();
    if (*weight < 0 || *weight > 1) from.refuse("hold a weight of smoothing outside 0 to 1");
  }
  for (double* number : {&part.slope_, &part.unit_, &part.zero_}) *number = from.take<double>();
  if (part.unit_ == 0) from.refuse("hold a unit of 0");
  part.cycle_ = Cycle::take(from);
  part.profile_ = from.take_list<double>(part.cycle_.season);
  return part;
}

}  // namespace weir::baseline_models
