// SPDX-License-Identifier: Apache-2.0
#include "tree_inputs.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace weir::boosted_trees_model {
namespace {

using model_parts::BytesReader;
using model_parts::BytesWriter;
using model_parts::History;
using model_parts::LinearProblem;
using model_parts::TargetSet;

constexpr std::size_t dense_lags = 24;
constexpr std::size_t most_others = 32;
constexpr std::size_t per_season = 6;
constexpr std::size_t per_step = 3;  // step, day, week
constexpr std::size_t seasons_back = 4;
constexpr std::size_t most_windows = 4'000;  // for the simple forecast
constexpr double simple_penalty = 1e-3;

}  // namespace

TreeInputs::TreeInputs(const TargetSet& set, std::span<const std::uint64_t> windows,
                       std::size_t end, const model_parts::Warp& warp, Start start)
    : sequence_length_(set.set().sequence_length()),
      level_rows_(model_parts::level_rows(set.set(), end)),
      start_(start) {
  for (std::size_t lag = 1; lag < sequence_length_;
       lag = lag < dense_lags ? lag + 1 : lag + lag / 3) {
    lags_.push_back(lag);
  }
  for (std::size_t rows = 3; rows < sequence_length_; rows *= 2) means_.push_back(rows);
  for (std::size_t i = 0; i < set.set().features() && others_.size() < most_others; ++i) {
    if (i != set.feature()) others_.push_back(static_cast<std::uint32_t>(i));
  }
  for (const std::size_t season : model_parts::usable_seasons(set.set(), end))
    seasons_.push_back(season);

  if (start_ == Start::last) return;
  const auto few = model_parts::thinned(windows, most_windows);
  for (std::size_t step = 0; step < set.horizon(); ++step) {
    std::vector<double> inputs;
    std::vector<double> truths;
    std::size_t columns = 0;
    for (const std::uint64_t window : few) {
      const History history = set.history(window).seen(warp, set.feature());
      look_at(history, set.feature());
      const std::vector<double> row = simple_inputs(step);
      columns = row.size();
      inputs.insert(inputs.end(), row.begin(), row.end());
      truths.push_back(warp.in(set.truth(window, step)) - level_);
    }
    starts_.push_back(LinearProblem(inputs, columns).least_absolute(truths, simple_penalty));
  }
  history_ = nullptr;
}

std::size_t TreeInputs::common_width() const {
  return 2 + lags_.size() + means_.size() + 4 + 3 * others_.size();
}

std::size_t TreeInputs::width() const {
  return common_width() + per_step + per_season * seasons_.size();
}

void TreeInputs::look_at(const History& history, std::size_t feature) {
  history_ = &history;
  feature_ = feature;
  last_ = history.last(feature);
  level_ = history.level(level_rows_, feature);
  common_.clear();
  const auto add = [&](double value) { common_.push_back(static_cast<float>(value)); };
  add(last_);
  add(last_ - level_);
  for (const std::uint64_t lag : lags_) add(history.before(lag + 1, feature) - last_);
  double sum = 0;
  double squares = 0;
  double least = 0;
  double greatest = 0;
  std::size_t next_mean = 0;
  for (std::size_t back = 1; back <= sequence_length_; ++back) {
    const double value = history.before(back, feature) - last_;
    sum += value;
    squares += value * value;
    least = std::min(least, value);
    greatest = std::max(greatest, value);
    if (next_mean < means_.size() && back == means_[next_mean]) {
      add(sum / static_cast<double>(back));
      ++next_mean;
    }
  }
  const double mean = sum / static_cast<double>(sequence_length_);
  mean_ = mean + last_;
  add(mean);
  add(std::sqrt(std::max(squares / static_cast<double>(sequence_length_) - mean * mean, 0.0)));
  add(least);
  add(greatest);
  for (const std::uint32_t other : others_) {
    const double now = history.last(other);
    double other_sum = 0;
    for (std::size_t back = 1; back <= sequence_length_; ++back)
      other_sum += history.before(back, other);
    add(now);
    add(now - history.before(2, other));
    add(now - other_sum / static_cast<double>(sequence_length_));
  }
}

void TreeInputs::write(std::size_t step, float* to) const {
  to = std::copy(common_.begin(), common_.end(), to);
  const model_parts::CalendarPlace place = model_parts::calendar_place(history_->time(step));
  *to++ = static_cast<float>(step);
  *to++ = static_cast<float>(place.day);
  *to++ = static_cast<float>(place.week);
  for (const std::uint64_t season : seasons_) {
    const std::size_t back = season * (step / season + 1) - step;
    const auto value = [&](std::size_t rows) {
      return rows == 0 ? std::numeric_limits<double>::quiet_NaN()
                       : history_->before(rows, feature_) - last_;
    };
    double sum = 0;
    std::size_t count = 0;
    for (std::size_t more = 0; more < seasons_back; ++more) {
      const double before = value(back + more * season);
      if (std::isnan(before)) continue;
      sum += before;
      ++count;
    }
    const double now = value(back);
    *to++ = static_cast<float>(now);
    *to++ = static_cast<float>(now - value(season + 1));  // how it went on a season ago
    *to++ = static_cast<float>(value(back + season));
    *to++ = static_cast<float>(value(back + 1) - now);
    *to++ = static_cast<float>(value(back - 1) - now);
    *to++ = count == 0 ? std::numeric_limits<float>::quiet_NaN()
                       : static_cast<float>(sum / static_cast<double>(count));
  }
}

std::vector<double> TreeInputs::simple_inputs(std::size_t step) const {
  std::vector<double> inputs{last_ - level_, mean_ - level_};
  for (const std::uint64_t season : seasons_) {
    double before = history_->seasonal(season, step, feature_);
    if (std::isnan(before)) before = mean_;
    double now = history_->before(season + 1, feature_);
    if (std::isnan(now)) now = mean_;
    inputs.push_back(before - level_);
    inputs.push_back(now - level_);
  }
  return inputs;
}

double TreeInputs::start(std::size_t step) const {
  if (start_ == Start::last) return last_;
  return level_ + starts_[step].at(simple_inputs(step));
}

void TreeInputs::put(BytesWriter& to) const {
  to.put_list(lags_);
  to.put_list(means_);
  to.put_list(others_);
  to.put_list(seasons_);
  to.put_size(level_rows_);
  to.put(static_cast<std::uint8_t>(start_));
  for (const model_parts::LinearFit& start : starts_) {
    to.put(start.intercept);
    to.put_list(start.weights);
  }
}

TreeInputs TreeInputs::take(BytesReader& from, const model_parts::ModelShape& shape) {
  TreeInputs inputs;
  inputs.sequence_length_ = shape.sequence_length;
  inputs.lags_ = from.take_list<std::uint64_t>();
  inputs.means_ = from.take_list<std::uint64_t>();
  for (const std::uint64_t lag : inputs.lags_) {
    if (lag >= shape.sequence_length) from.refuse("look back further than the window");
  }
  for (std::size_t i = 0; i < inputs.means_.size(); ++i) {
    const std::uint64_t before = i == 0 ? 0 : inputs.means_[i - 1];
    if (inputs.means_[i] <= before || inputs.means_[i] > shape.sequence_length)
      from.refuse("name means that cannot be");
  }
  inputs.others_ = from.take_list<std::uint32_t>();
  for (const std::uint32_t other : inputs.others_) {
    if (other >= shape.features) from.refuse("name a feature that is not there");
  }
  inputs.seasons_ = from.take_list<std::uint64_t>();
  for (const std::uint64_t season : inputs.seasons_) {
    if (season < 1 || season > 100'000'000) from.refuse("name a season that cannot be");
  }
  inputs.level_rows_ = from.take_size(100'000'000);
  const auto start = from.take<std::uint8_t>();
  if (start > static_cast<std::uint8_t>(Start::linear)) from.refuse("name an unknown start");
  inputs.start_ = static_cast<Start>(start);
  for (std::size_t step = 0; step < shape.horizon && inputs.start_ == Start::linear; ++step) {
    model_parts::LinearFit fit;
    fit.intercept = from.take<double>();
    fit.weights = from.take_list<double>(2 + 2 * inputs.seasons_.size());
    inputs.starts_.push_back(std::move(fit));
  }
  return inputs;
}

}  // namespace weir::boosted_trees_model
