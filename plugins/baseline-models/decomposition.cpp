// SPDX-License-Identifier: Apache-2.0
#include "decomposition.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "seasons.hpp"

namespace weir::baseline_models {
namespace {

using model_parts::LinearFit;
using model_parts::LinearProblem;

constexpr std::size_t most_lags = 12;
constexpr std::size_t most_windows = 8'000;
constexpr std::size_t most_judged = 600;
constexpr std::array penalties{1e-3, 1e-1, 1.0};
constexpr int turns = 3;

/// Centred mean over about `width` rows, missing values left out.
std::vector<double> moving_mean(std::span<const double> values, std::size_t width) {
  std::vector<double> sums(values.size() + 1);
  std::vector<double> counts(values.size() + 1);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const bool known = !std::isnan(values[i]);
    sums[i + 1] = sums[i] + (known ? values[i] : 0);
    counts[i + 1] = counts[i] + (known ? 1 : 0);
  }
  std::vector<double> means(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::size_t low = i > width / 2 ? i - width / 2 : 0;
    const std::size_t high = std::min(low + width, values.size());
    const double count = counts[high] - counts[low];
    means[i] = count > 0 ? (sums[high] - sums[low]) / count : 0;
  }
  return means;
}

/// Each value the mean of itself and its neighbours up to `reach` places away, around the cycle.
std::vector<double> smoothed(const std::vector<double>& circle, std::size_t reach) {
  std::vector<double> result(circle.size());
  for (std::size_t i = 0; i < circle.size(); ++i) {
    for (std::size_t j = 0; j <= 2 * reach; ++j)
      result[i] += circle[(i + circle.size() + j - reach) % circle.size()];
    result[i] /= static_cast<double>(2 * reach + 1);
  }
  return result;
}

}  // namespace

double Decomposition::season_at(Timestamp time) const {
  double sum = 0;
  for (const Profile& profile : profiles_) sum += profile.values[profile.cycle.place(time)];
  return sum;
}

void Decomposition::find_profiles(const TargetSet& set, std::size_t end) {
  const Rows& rows = set.set().rows();
  end = std::min(end, rows.size());
  profiles_.clear();
  if (seasons_.empty()) return;
  std::vector<double> values;
  for (std::size_t row = 0; row < end; ++row) values.push_back(rows.at(row, set.feature()));
  std::vector<double> trend(end);
  for (std::size_t stop = end; stop > 0;) {  // a series at a time
    const std::size_t begin = set.set().series_begin(stop - 1);
    const auto part = moving_mean(std::span(values).subspan(begin, stop - begin), seasons_.back());
    std::copy(part.begin(), part.end(), trend.begin() + static_cast<std::ptrdiff_t>(begin));
    stop = begin;
  }
  for (const std::uint64_t season : seasons_) {
    profiles_.push_back({{season, rows.time(0), set.set().step()}, {}});
    profiles_.back().values.assign(season, 0);
  }
  for (int turn = 0; turn < turns; ++turn) {
    for (Profile& profile : profiles_) {
      std::vector<std::vector<double>> places(profile.cycle.season);
      for (std::size_t row = 0; row < end; ++row) {
        if (std::isnan(values[row])) continue;
        const std::size_t place = profile.cycle.place(rows.time(row));
        places[place].push_back(values[row] - trend[row] - season_at(rows.time(row)) +
                                profile.values[place]);
      }
      const double cycles = static_cast<double>(end) / static_cast<double>(profile.cycle.season);
      for (std::size_t place = 0; place < places.size(); ++place) {
        // Few cycles say little: their median is drawn towards nothing.
        profile.values[place] =
            places[place].empty() ? 0 : median(places[place]) * cycles / (cycles + 1);
      }
      profile.values = smoothed(profile.values, profile.cycle.season / 100);
    }
  }
}

void Decomposition::write_inputs(const History& history, std::size_t feature,
                                 std::vector<double>& inputs, double& last) const {
  const auto remainder = [&](std::size_t back) {
    return history.before(back, feature) -
           season_at(history.time(0) - history.step() * static_cast<std::int64_t>(back));
  };
  last = remainder(1);
  inputs.assign(lags_ + 3, 0);
  double sum = 0;
  for (std::size_t back = 1; back <= sequence_length_; ++back) {
    const double value = remainder(back);
    sum += value;
    if (back >= 2 && back <= lags_ + 1) inputs[back - 2] = value - last;
    if (back == (sequence_length_ + 3) / 4) inputs[lags_] = sum / static_cast<double>(back) - last;
  }
  inputs[lags_ + 1] = sum / static_cast<double>(sequence_length_) - last;
  inputs[lags_ + 2] = last;  // how far it is from nothing
}

void Decomposition::learn_before(const TargetSet& set, std::span<const std::uint64_t> windows,
                                 std::size_t end) {
  sequence_length_ = set.set().sequence_length();
  lags_ = std::min(most_lags, sequence_length_ - 1);
  find_profiles(set, end);
  const auto few = model_parts::thinned(windows, most_windows);
  std::vector<double> all;
  std::vector<double> inputs;
  std::vector<double> lasts;
  for (const std::uint64_t window : few) {
    write_inputs(set.history(window), set.feature(), inputs, lasts.emplace_back());
    all.insert(all.end(), inputs.begin(), inputs.end());
  }
  const LinearProblem problem(all, lags_ + 3);
  steps_.clear();
  std::vector<double> truths(few.size());
  for (std::size_t step = 0; step < set.horizon(); ++step) {
    for (std::size_t i = 0; i < few.size(); ++i) {
      truths[i] = set.truth(few[i], step) - season_at(set.history(few[i]).time(step)) - lasts[i];
    }
    steps_.push_back(problem.least_squares(truths, penalty_));
  }
}

void Decomposition::choose(const TargetSet& set, const Settings& /*settings*/,
                           const Watch& /*watch*/) {
  const auto usable = model_parts::usable_seasons(set.set(), set.train_end());
  const auto judged = model_parts::thinned(set.validation(), most_judged);
  Decomposition best;
  double best_error = std::numeric_limits<double>::infinity();
  for (std::size_t count = 0; count <= usable.size(); ++count) {
    for (const double penalty : penalties) {
      Decomposition candidate;
      candidate.seasons_.assign(usable.begin(),
                                usable.begin() + static_cast<std::ptrdiff_t>(count));
      candidate.penalty_ = penalty;
      candidate.learn_before(set, set.train(), set.train_end());
      const double error = set.error(judged, [&](const History& history, std::span<double> values) {
        candidate.forecast(history, set.feature(), values);
      });
      if (error < best_error || best.steps_.empty()) {
        best = std::move(candidate);
        best_error = std::isnan(error) ? best_error : error;
      }
    }
  }
  *this = std::move(best);
}

void Decomposition::learn(const TargetSet& set, const Settings& /*settings*/,
                          const Watch& /*watch*/) {
  learn_before(set, set.all(), set.all_end());
}

void Decomposition::forecast(const History& history, std::size_t feature,
                             std::span<double> values) const {
  std::vector<double> inputs;
  double last = 0;
  write_inputs(history, feature, inputs, last);
  for (std::size_t step = 0; step < values.size(); ++step)
    values[step] = season_at(history.time(step)) + last + steps_[step].at(inputs);
}

void Decomposition::put(BytesWriter& to) const {
  to.put_size(lags_);
  to.put(penalty_);
  to.put_list(seasons_);
  for (const Profile& profile : profiles_) {
    profile.cycle.put(to);
    to.put_list(profile.values);
  }
  for (const LinearFit& step : steps_) {
    to.put(step.intercept);
    to.put_list(step.weights);
  }
}

Decomposition Decomposition::take(BytesReader& from, const ModelShape& shape) {
  Decomposition part;
  part.sequence_length_ = shape.sequence_length;
  part.lags_ = from.take_size(shape.sequence_length - 1);
  part.penalty_ = from.take<double>();
  if (part.penalty_ < 0) from.refuse("hold a negative penalty");
  part.seasons_ = from.take_list<std::uint64_t>();
  for (std::size_t i = 0; i < part.seasons_.size(); ++i) {
    Profile profile;
    profile.cycle = Cycle::take(from);
    if (profile.cycle.season != part.seasons_[i]) from.refuse("contradict themselves on a season");
    profile.values = from.take_list<double>(profile.cycle.season);
    part.profiles_.push_back(std::move(profile));
  }
  for (std::size_t step = 0; step < shape.horizon; ++step) {
    LinearFit fit;
    fit.intercept = from.take<double>();
    fit.weights = from.take_list<double>(part.lags_ + 3);
    part.steps_.push_back(std::move(fit));
  }
  return part;
}

}  // namespace weir::baseline_models
