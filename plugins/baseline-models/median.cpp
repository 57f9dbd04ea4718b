// SPDX-License-Identifier: Apache-2.0
#include "median.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "seasons.hpp"

namespace weir::baseline_models {

double median(std::vector<double>& values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

void Median::learn_before(const TargetSet& set, std::size_t end) {
  const Rows& rows = set.set().rows();
  sequence_length_ = set.set().sequence_length();
  std::vector<std::vector<double>> places(cycle_.season);
  std::vector<double> all;
  for (std::size_t row = 0; row < std::min(end, rows.size()); ++row) {
    const double value = rows.at(row, set.feature());
    if (std::isnan(value)) continue;
    places[cycle_.place(rows.time(row))].push_back(value);
    all.push_back(value);
  }
  const double of_all = median(all);  // windows hold no missing value, so there is one
  medians_.clear();
  for (std::vector<double>& place : places)
    medians_.push_back(place.empty() ? of_all : median(place));
}

void Median::choose(const TargetSet& set, const Settings& /*settings*/, const Watch& /*watch*/) {
  Median best;
  double best_error = std::numeric_limits<double>::infinity();
  const auto consider = [&](std::size_t season, bool of_window) {
    Median candidate;
    candidate.of_window_ = of_window;
    candidate.cycle_ = {season, set.set().rows().time(0), set.set().step()};
    candidate.learn_before(set, set.train_end());
    const double error =
        set.error(set.validation(), [&](const History& history, std::span<double> values) {
          candidate.forecast(history, set.feature(), values);
        });
    // The first stands where there is nothing to judge by.
    if (error < best_error || best.medians_.empty()) {
      best = candidate;
      best_error = std::isnan(error) ? best_error : error;
    }
  };
  consider(1, false);
  consider(1, true);
  for (const std::size_t season : model_parts::usable_seasons(set.set(), set.train_end()))
    consider(season, false);
  *this = std::move(best);
}

void Median::learn(const TargetSet& set, const Settings& /*settings*/, const Watch& /*watch*/) {
  learn_before(set, set.all_end());
}

void Median::forecast(const History& history, std::size_t feature, std::span<double> values) const {
  if (of_window_) {
    std::vector<double> window;
    for (std::size_t back = 1; back <= sequence_length_; ++back)
      window.push_back(history.before(back, feature));
    std::fill(values.begin(), values.end(), median(window));
    return;
  }
  for (std::size_t step = 0; step < values.size(); ++step)
    values[step] = medians_[cycle_.place(history.time(step))];
}

void Median::put(BytesWriter& to) const {
  to.put(static_cast<std::uint8_t>(of_window_ ? 1 : 0));
  cycle_.put(to);
  to.put_list(medians_);
}

Median Median::take(BytesReader& from, const ModelShape& shape) {
  Median part;
  part.of_window_ = from.take<std::uint8_t>() != 0;
  part.sequence_length_ = shape.sequence_length;
  part.cycle_ = Cycle::take(from);
  part.medians_ = from.take_list<double>(part.cycle_.season);
  return part;
}

}  // namespace weir::baseline_models
