// SPDX-License-Identifier: Apache-2.0
#include "ridge.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace weir::baseline_models {
namespace {

using model_parts::LinearFit;
using model_parts::LinearProblem;

constexpr std::array penalties{1e-4, 1e-3, 1e-2, 1e-1, 1.0, 10.0};
constexpr std::size_t most_windows = 20'000;
constexpr std::size_t most_judged = 800;
constexpr std::size_t most_windows_chosen_absolute = 4'000;
constexpr double most_products = 1e10;  // of all steps together: bounds the time

std::size_t affordable(const RidgeInputs& inputs, std::size_t horizon, std::size_t most) {
  const auto width = static_cast<double>(inputs.width());
  const double windows = most_products / (width * width * static_cast<double>(horizon));
  const auto fewest = static_cast<std::size_t>(4 * width);
  return std::clamp(static_cast<std::size_t>(windows), std::min(fewest, most), most);
}

}  // namespace

/// Windows as rows of inputs; one step after the other.
class Ridge::Samples {
 public:
  Samples(const TargetSet& set, const RidgeInputs& inputs, const model_parts::Warp& warp,
          std::span<const std::uint64_t> windows)
      : set_(&set), inputs_(&inputs), warp_(&warp), width_(inputs.width()) {
    std::vector<double> ignored(width_);
    for (const std::uint64_t window : windows) {
      // A hole in the season of any step leaves the window out of all.
      const History history = seen(window);
      bool complete = true;
      for (std::size_t step = 0; step < set.horizon() && complete; ++step)
        complete = inputs.write_step(history, set.feature(), step, ignored.data());
      if (complete) windows_.push_back(window);
    }
    values_.resize(windows_.size() * width_);
    for (std::size_t i = 0; i < windows_.size(); ++i) {
      inputs.write_common(seen(windows_[i]), set.feature(), values_.data() + i * width_);
    }
  }
  [[nodiscard]] std::size_t size() const { return windows_.size(); }
  [[nodiscard]] bool enough() const {
    return windows_.size() >= std::max<std::size_t>(3 * width_, 30);
  }
  /// Makes the rows those of a step.
  void go_to(std::size_t step) {
    truths_.clear();
    step_ = step;
    for (std::size_t i = 0; i < windows_.size(); ++i) {
      const History history = seen(windows_[i]);
      (void)inputs_->write_step(history, set_->feature(), step,
                                values_.data() + i * width_ + inputs_->common_width());
      truths_.push_back(warp_->in(set_->truth(windows_[i], step)) - history.last(set_->feature()));
    }
  }
  [[nodiscard]] std::span<const double> values() const { return values_; }
  [[nodiscard]] std::span<const double> truths() const { return truths_; }
  /// Sum over the windows, of values as they are.
  [[nodiscard]] double error_of(const LinearFit& fit) const {
    double sum = 0;
    for (std::size_t i = 0; i < truths_.size(); ++i) {
      const std::span<const double> row(values_.data() + i * width_, width_);
      const double last = seen(windows_[i]).last(set_->feature());
      sum += std::abs(warp_->out(last + fit.at(row)) - set_->truth(windows_[i], step_));
    }
    return sum;
  }

 private:
  [[nodiscard]] History seen(std::uint64_t window) const {
    return set_->history(window).seen(*warp_, set_->feature());
  }

  const TargetSet* set_;
  const RidgeInputs* inputs_;
  const model_parts::Warp* warp_;
  std::size_t step_ = 0;
  std::size_t width_;
  std::vector<std::uint64_t> windows_;
  std::vector<double> values_;  // windows x width
  std::vector<double> truths_;  // of the step, less the last value
};

void Ridge::choose(const TargetSet& set, const Settings& /*settings*/, const Watch& /*watch*/) {
  const auto logarithm = model_parts::Warp::logarithm_of(set.set(), set.feature(), set.train_end());
  const auto seasons = model_parts::usable_seasons(set.set(), set.train_end());
  const model_parts::CalendarUse calendar =
      model_parts::usable_calendar(set.set(), set.train_end());
  double best = std::numeric_limits<double>::infinity();
  // Mean error of each penalty; `absolute` takes few windows, since it takes long.
  const auto consider = [&](const Choice& kind, std::span<const double> tried) {
    const model_parts::Warp warp = kind.logarithm ? logarithm : model_parts::Warp{};
    RidgeInputs inputs(set, set.train_end());
    if (kind.seasonal) inputs.seasons = seasons;
    if (kind.calendar) inputs.calendar = calendar;
    const std::size_t most = kind.absolute ? most_windows_chosen_absolute : most_windows;
    Samples train(set, inputs, warp,
                  model_parts::thinned(set.train(), affordable(inputs, set.horizon(), most)));
    Samples validation(set, inputs, warp, model_parts::thinned(set.validation(), most_judged));
    if (!train.enough() || validation.size() == 0) return;
    std::vector<double> errors(tried.size());
    for (std::size_t step = 0; step < set.horizon(); ++step) {
      train.go_to(step);
      validation.go_to(step);
      const LinearProblem problem(train.values(), inputs.width());
      for (std::size_t i = 0; i < tried.size(); ++i) {
        errors[i] +=
            validation.error_of(kind.absolute ? problem.least_absolute(train.truths(), tried[i])
                                              : problem.least_squares(train.truths(), tried[i]));
      }
    }
    for (std::size_t i = 0; i < tried.size(); ++i) {
      const double error = errors[i] / static_cast<double>(validation.size());
      if (!(error < best)) continue;
      best = error;
      choice_ = kind;
      choice_.penalty = tried[i];
    }
  };
  for (const bool warped : {false, true}) {
    if (warped && !logarithm.logarithm) continue;
    for (const bool seasonal : {false, true}) {
      if (seasonal && seasons.empty()) continue;
      consider({seasonal, false, warped}, penalties);
      if (calendar.daily || calendar.weekly) consider({seasonal, true, warped}, penalties);
    }
  }
  Choice absolute = choice_;
  absolute.absolute = true;
  consider(absolute, std::array{choice_.penalty, 10 * choice_.penalty, 100 * choice_.penalty});
  learn_before(set, set.train(), set.train_end());
}

void Ridge::learn(const TargetSet& set, const Settings& /*settings*/, const Watch& /*watch*/) {
  learn_before(set, set.all(), set.all_end());
}

void Ridge::learn_before(const TargetSet& set, std::span<const std::uint64_t> windows,
                         std::size_t end) {
  warp_ = {};
  if (choice_.logarithm) warp_ = model_parts::Warp::logarithm_of(set.set(), set.feature(), end);
  const auto solve = [&](Equations& equations, bool seasonal) {
    equations.steps.clear();
    equations.inputs = RidgeInputs(set, end);
    if (seasonal) equations.inputs.seasons = model_parts::usable_seasons(set.set(), end);
    if (choice_.calendar) equations.inputs.calendar = model_parts::usable_calendar(set.set(), end);
    Samples samples(
        set, equations.inputs, warp_,
        model_parts::thinned(windows, affordable(equations.inputs, set.horizon(), most_windows)));
    if (samples.size() == 0) return;  // no window looks back a season
    for (std::size_t step = 0; step < set.horizon(); ++step) {
      samples.go_to(step);
      const LinearProblem problem(samples.values(), equations.inputs.width());
      equations.steps.push_back(choice_.absolute
                                    ? problem.least_absolute(samples.truths(), choice_.penalty)
                                    : problem.least_squares(samples.truths(), choice_.penalty));
    }
  };
  solve(plain_, false);
  main_ = plain_;
  if (choice_.seasonal) solve(main_, true);
  if (main_.steps.empty()) main_ = plain_;
}

bool Ridge::forecast_by(const Equations& equations, const History& history, std::size_t feature,
                        std::span<double> values) {
  std::vector<double> inputs(equations.inputs.width());
  equations.inputs.write_common(history, feature, inputs.data());
  double* const rest = inputs.data() + equations.inputs.common_width();
  const double last = history.last(feature);
  for (std::size_t step = 0; step < values.size(); ++step) {
    if (!equations.inputs.write_step(history, feature, step, rest)) return false;
    values[step] = last + equations.steps[step].at(inputs);
  }
  return true;
}

void Ridge::forecast(const History& history, std::size_t feature, std::span<double> values) const {
  const History seen = history.seen(warp_, feature);
  if (!forecast_by(main_, seen, feature, values)) (void)forecast_by(plain_, seen, feature, values);
  for (double& value : values) value = warp_.out(value);
}

void Ridge::put(BytesWriter& to) const {
  to.put(static_cast<std::uint8_t>((choice_.seasonal ? 1 : 0) | (choice_.calendar ? 2 : 0) |
                                   (choice_.absolute ? 4 : 0) | (choice_.logarithm ? 8 : 0)));
  to.put(choice_.penalty);
  warp_.put(to);
  for (const Equations* equations : {&main_, &plain_}) {
    equations->inputs.put(to);
    for (const LinearFit& step : equations->steps) {
      to.put(step.intercept);
      to.put_list(step.weights);
    }
  }
}

Ridge Ridge::take(BytesReader& from, const ModelShape& shape) {
  Ridge part;
  const auto choice = from.take<std::uint8_t>();
  part.choice_ = {(choice & 1) != 0, (choice & 2) != 0, (choice & 8) != 0, (choice & 4) != 0,
                  from.take<double>()};
  if (part.choice_.penalty < 0) from.refuse("hold a negative penalty");
  part.warp_ = model_parts::Warp::take(from);
  for (Equations* equations : {&part.main_, &part.plain_}) {
    equations->inputs = RidgeInputs::take(from, shape);
    for (std::size_t step = 0; step < shape.horizon; ++step) {
      LinearFit fit;
      fit.intercept = from.take<double>();
      fit.weights = from.take_list<double>(equations->inputs.width());
      equations->steps.push_back(std::move(fit));
    }
  }
  if (!part.plain_.inputs.seasons.empty()) from.refuse("need a season where none may be");
  return part;
}

}  // namespace weir::baseline_models
