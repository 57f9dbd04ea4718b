// SPDX-License-Identifier: Apache-2.0
#include "boosted_trees.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace weir::boosted_trees_model {

using model_parts::BytesReader;
using model_parts::BytesWriter;
using model_parts::History;
using model_parts::TargetSet;
using model_parts::Watch;

namespace {

// Windows overlap, and so do their steps: more samples cost time and tell little.
constexpr std::size_t most_samples = 60'000;
constexpr std::size_t most_judged = 20'000;
// To find out where to start, a glance must do.
constexpr std::size_t trial_samples = 10'000;
constexpr std::size_t trial_windows = 250;
constexpr unsigned trial_rounds = 150;
constexpr double trial_rate = 0.1;
// What a trial must gain, over the plain last value, for what assumes more: the equations of a
// linear start belong to the level and the noise of the rows that they were learned from.
constexpr double linear_handicap = 1.1;
constexpr double logarithm_handicap = 1.02;

}  // namespace

Table BoostedTrees::table_of(const TargetSet& set, std::span<const std::uint64_t> windows,
                             std::size_t most) const {
  Table table;
  table.width = inputs_.width();
  TreeInputs inputs = inputs_;
  const std::size_t all = windows.size() * set.horizon();
  const std::size_t stride = std::max<std::size_t>(1, (all + most - 1) / most);
  table.inputs.reserve(all / stride * table.width);
  std::vector<float> row(table.width);
  for (std::size_t i = 0; i < windows.size(); ++i) {
    const History history = set.history(windows[i]).seen(warp_, set.feature());
    inputs.look_at(history, set.feature());
    // Every stride-th step, from window to window another.
    for (std::size_t step = i % stride; step < set.horizon(); step += stride) {
      inputs.write(step, row.data());
      table.inputs.insert(table.inputs.end(), row.begin(), row.end());
      table.truths.push_back(
          static_cast<float>((warp_.in(set.truth(windows[i], step)) - inputs.start(step)) / unit_));
    }
  }
  return table;
}

void BoostedTrees::grow(const TargetSet& set, std::span<const std::uint64_t> train,
                        std::span<const std::uint64_t> validation, std::size_t end,
                        Settings settings, const Limits& limits, const Watch& watch) {
  warp_ = {};
  if (logarithm_) warp_ = model_parts::Warp::logarithm_of(set.set(), set.feature(), end);
  inputs_ = TreeInputs(set, train, end, warp_, start_);
  unit_ = 1;
  Table table = table_of(set, train, limits.samples);
  double sum = 0;
  for (const float truth : table.truths) sum += std::abs(static_cast<double>(truth));
  const double unit = sum / static_cast<double>(table.truths.size());
  // A target that is forecast without error leaves nothing: then any unit will do.
  if (unit > 0 && std::isfinite(unit)) unit_ = unit;
  for (float& truth : table.truths) truth = static_cast<float>(static_cast<double>(truth) / unit_);
  const Table judge = table_of(set, validation, limits.judged);
  settings.seed = set.set().seed();
  const bool validated = !judge.truths.empty();
  Boosted boosted = boost(table, judge, settings, [&](const RoundReport& now) {
    return watch(now.round, settings.rounds, now.error, now.best_error,
                 validated ? std::optional(now.validation_error) : std::nullopt);
  });
  trees_ = std::move(boosted.trees);
  rounds_ = boosted.rounds;
}

void BoostedTrees::choose(const TargetSet& set, const Settings& settings, const Watch& watch) {
  const auto judged = model_parts::thinned(set.validation(), trial_windows);
  Settings trial = settings;
  trial.rounds = std::min(settings.rounds, trial_rounds);
  trial.learning_rate = std::max(settings.learning_rate, trial_rate);
  bool stopped = false;
  const Watch quiet = [&](std::uint64_t, std::uint64_t rounds, double loss, double best,
                          std::optional<double> validation_loss) {
    // One line for all of it, but a stop is heard at once.
    stopped = stopped || !watch(1, rounds, loss, best, validation_loss);
    return !stopped;
  };
  const bool positive =
      model_parts::Warp::logarithm_of(set.set(), set.feature(), set.train_end()).logarithm;
  BoostedTrees best;
  double best_error = std::numeric_limits<double>::infinity();
  for (const bool logarithm : {false, true}) {
    for (const Start start : {Start::last, Start::linear}) {
      if ((logarithm && !positive) || stopped) continue;
      BoostedTrees candidate;
      candidate.logarithm_ = logarithm;
      candidate.start_ = start;
      candidate.grow(set, set.train(), judged, set.train_end(), trial,
                     {trial_samples, trial_samples}, quiet);
      const double handicap =
          (start == Start::linear ? linear_handicap : 1) * (logarithm ? logarithm_handicap : 1);
      const double error =
          handicap * set.error(judged, [&](const History& history, std::span<double> values) {
            candidate.forecast(history, set.feature(), values);
          });
      if (error < best_error || best_error == std::numeric_limits<double>::infinity()) {
        best = std::move(candidate);
        best_error = error;
      }
    }
  }
  *this = std::move(best);
  if (stopped) return;
  grow(set, set.train(), set.validation(), set.train_end(), settings, {most_samples, most_judged},
       watch);
}

void BoostedTrees::learn(const TargetSet& set, const Settings& settings, const Watch& watch) {
  Settings kept = settings;
  kept.rounds = std::max(1U, rounds_);
  grow(set, set.all(), {}, set.all_end(), kept, {most_samples, most_judged}, watch);
}

void BoostedTrees::forecast(const History& history, std::size_t feature,
                            std::span<double> values) const {
  TreeInputs inputs = inputs_;
  const History seen = history.seen(warp_, feature);
  inputs.look_at(seen, feature);
  std::vector<float> row(inputs.width());
  for (std::size_t step = 0; step < values.size(); ++step) {
    inputs.write(step, row.data());
    values[step] =
        warp_.out(inputs.start(step) + unit_ * static_cast<double>(trees_.at(row.data())));
  }
}

void BoostedTrees::put(BytesWriter& to) const {
  to.put(static_cast<std::uint8_t>(start_));
  to.put(static_cast<std::uint8_t>(logarithm_ ? 1 : 0));
  warp_.put(to);
  inputs_.put(to);
  to.put(unit_);
  to.put(rounds_);
  trees_.put(to);
}

BoostedTrees BoostedTrees::take(BytesReader& from, const model_parts::ModelShape& shape) {
  BoostedTrees part;
  const auto start = from.take<std::uint8_t>();
  if (start > static_cast<std::uint8_t>(Start::linear)) from.refuse("name an unknown start");
  part.start_ = static_cast<Start>(start);
  part.logarithm_ = from.take<std::uint8_t>() != 0;
  part.warp_ = model_parts::Warp::take(from);
  part.inputs_ = TreeInputs::take(from, shape);
  part.unit_ = from.take<double>();
  part.rounds_ = from.take<std::uint32_t>();
  part.trees_ = Trees::take(from, part.inputs_.width());
  if (part.rounds_ > part.trees_.roots.size()) from.refuse("name more rounds than trees");
  return part;
}

}  // namespace weir::boosted_trees_model
