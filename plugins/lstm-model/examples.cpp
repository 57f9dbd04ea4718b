// SPDX-License-Identifier: Apache-2.0
#include "examples.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace weir::lstm_model {
namespace {

// Calls use(target, value − base, spread) for everything that the training windows ask for.
template <typename Use>
void for_differences(const InputPlan& plan, const TrainingSet& set, const Member& member,
                     const Use& use) {
  const std::size_t width = plan.inputs(false);
  std::vector<float> window(plan.steps * width), known;
  Moments moments;
  Member plain = member;
  plain.way.lagged = false;
  plain.way.standard = false;
  for (const std::uint64_t first : set.train()) {
    const std::size_t origin = first + plan.steps;
    const std::size_t begin = set.series_begin(first);
    float* to = window.data();
    for (std::size_t row = first; row < origin; ++row)
      to = write_row(plan, false, set.rows(), row, begin, to);
    known.resize(plan.lags.size() * plan.network_steps() * plan.targets.size());
    write_known(plan, set.rows(), origin, begin, plan.network_steps(), known.data());
    measure(plan, plain, window, moments);
    for (std::size_t j = 0; j < plan.network_steps() * plan.targets.size(); ++j) {
      const std::size_t target = j % plan.targets.size();
      const double value = set.rows().at(origin + j / plan.targets.size(), plan.targets[target]);
      const float base = base_of(plan, member.way, &window[window.size() - width], known.data(), j);
      use(target, value - static_cast<double>(base), moments.spread[target]);
    }
  }
}

std::vector<double> mean_sizes(const InputPlan& plan, const TrainingSet& set,
                               const Member& member) {
  std::vector<double> sums(plan.targets.size(), 0);
  for_differences(plan, set, member, [&](std::size_t target, double difference, double spread) {
    sums[target] += std::abs(difference) / spread;
  });
  const auto count = static_cast<double>(set.train().size() * plan.network_steps());
  for (double& sum : sums) {
    sum /= count;
    if (!(sum > 0) || !std::isfinite(sum)) sum = 1;  // never changes: any unit will do
  }
  return sums;
}

// The rows that the training windows look back over, each once, and those before the first of them
// and between them. In each series alone: what stands between two is the end of the former, which
// is not for training.
std::vector<std::size_t> learned_rows(const InputPlan& plan, const TrainingSet& set) {
  std::vector<std::size_t> rows;
  std::size_t next = 0;
  for (const std::uint64_t first : set.train()) {
    for (std::size_t row = std::max(next, set.series_begin(first)); row < first + plan.steps; ++row)
      rows.push_back(row);
    next = std::max<std::size_t>(next, first + plan.steps);
  }
  return rows;
}

struct Level {
  double mean = 0, spread = 0;  // 0: none that means anything
};

// Of one feature; missing values do not count.
Level level_of(const Rows& rows, std::span<const std::size_t> of, std::size_t feature) {
  constexpr double largest = std::numeric_limits<float>::max();
  double mean = 0, squares = 0;
  std::size_t count = 0;
  for (const std::size_t row : of) {
    const double value = rows.at(row, feature);
    if (std::isnan(value)) continue;
    const double before = value - mean;  // Welford
    mean += before / static_cast<double>(++count);
    squares += before * (value - mean);
  }
  Level level;
  if (std::abs(mean) <= largest) level.mean = mean;
  const double spread = std::sqrt(squares / static_cast<double>(std::max<std::size_t>(1, count)));
  // Less is what rounding leaves of a value that stands still; and float must hold it.
  const double least = std::max(1e-6 * std::abs(mean), 1e-30);
  if (spread > least && spread <= largest) level.spread = spread;
  return level;
}

}  // namespace

std::vector<double> naive_units(const InputPlan& plan, const TrainingSet& set) {
  Member naive;
  naive.way = {Residual::last, false, false};
  return mean_sizes(plan, set, naive);
}

std::vector<InputPlan::Range> learned_ranges(const InputPlan& plan, const TrainingSet& set) {
  constexpr float largest = std::numeric_limits<float>::max();
  std::vector<InputPlan::Range> ranges(plan.targets.size(), {largest, -largest});
  for (const std::uint64_t first : set.train()) {
    for (std::size_t row = first; row < first + plan.steps; ++row) {
      for (std::size_t target = 0; target < plan.targets.size(); ++target) {
        const auto value = static_cast<float>(set.rows().at(row, plan.targets[target]));
        ranges[target].widen({value, value});
      }
    }
  }
  return ranges;
}

namespace {

// Distances from the last value are measured by their own mean size: rare levels far away make the
// spread so large that every day's distances would be next to nothing beside it.
void measure_distances(const InputPlan& plan, std::span<const double> sizes, Member& member) {
  constexpr double least_part = 0.01;  // a rare step must not become a mountain
  for (std::size_t target = 0; target < plan.targets.size(); ++target) {
    double& spread = member.floors[plan.targets[target]];
    spread = std::clamp(sizes[target], least_part * spread, spread);
  }
}

}  // namespace

void learn_units(const InputPlan& plan, const TrainingSet& set, Member& member) {
  member.floors.clear();
  member.centres.clear();
  if (member.way.instance_norm || member.way.standard) {
    const std::vector<std::size_t> rows = learned_rows(plan, set);
    // A window that stands still must not make a mountain of the next ripple.
    const double part = member.way.standard ? 1 : 0.05;
    for (std::size_t feature = 0; feature < plan.features; ++feature) {
      const Level level = level_of(set.rows(), rows, feature);
      member.floors.push_back(level.spread > 0 ? part * level.spread : 1);
      if (member.way.standard) member.centres.push_back(level.mean);
    }
  }
  if (member.way.residual == Residual::none && !member.way.instance_norm) {
    member.units.assign(plan.targets.size(), 1);
  } else {
    member.units = mean_sizes(plan, set, member);
  }
  if (!member.way.relative) return;
  const bool known = member.way.residual == Residual::last;
  measure_distances(plan, known ? member.units : naive_units(plan, set), member);
}

void Examples::cut(const TrainingSet& set, std::span<const std::uint64_t> windows, Part& part) {
  const std::size_t width = plan_.inputs(member_.way.lagged);
  const std::size_t count = plan_.targets.size();
  const std::size_t outputs = plan_.network_steps() * count;
  const std::size_t lagged = plan_.lags.size() * outputs;
  const std::size_t known = lagged + linear_inputs(plan_, member_.way);
  const std::size_t total = windows.size();
  part.targets.resize(total * outputs);
  part.known.resize(total * known);
  part.scales.resize(total * outputs);
  const bool measured = member_.way.instance_norm || member_.way.standard;
  if (measured) {
    part.centres.resize(total * width);
    part.gains.resize(total * width);
  }
  Moments moments;
  bool scaled = false;
  for (std::size_t w = 0; w < total; ++w) {
    const std::size_t origin = windows[w] + plan_.steps;
    const float* const window = inputs_.data() + windows[w] * width;
    measure(plan_, member_, {window, plan_.steps * width}, moments);
    const std::span<float> ahead(part.known.data() + w * known, known);
    write_known(plan_, set.rows(), origin, set.series_begin(windows[w]), plan_.network_steps(),
                ahead.data());
    // What the head sees; without lags they are of use for the base alone.
    const std::span<float> seen = member_.way.lagged ? ahead : ahead.subspan(lagged);
    for (std::size_t j = 0; j < outputs; ++j) {
      const std::size_t target = j % count;
      const double unit = member_.units[target] * moments.spread[target];
      const double value = set.rows().at(origin + j / count, plan_.targets[target]);
      const float base =
          base_of(plan_, member_.way, window + (plan_.steps - 1) * width, ahead.data(), j);
      part.targets[w * outputs + j] =
          static_cast<float>((value - static_cast<double>(base)) / unit);
      part.scales[w * outputs + j] = static_cast<float>(unit / loss_units_[target]);
      scaled = scaled || part.scales[w * outputs + j] != 1.0F;
    }
    Sample<float> sample{window, part.targets.data() + w * outputs, seen.data()};
    normalise_known(plan_, member_.way, moments, {window, plan_.steps * width}, seen);
    if (measured) {
      std::copy(moments.centre.begin(), moments.centre.end(), part.centres.data() + w * width);
      std::copy(moments.gain.begin(), moments.gain.end(), part.gains.data() + w * width);
      sample.centre = part.centres.data() + w * width;
      sample.gain = part.gains.data() + w * width;
    }
    part.samples.push_back(sample);
  }
  for (std::size_t w = 0; scaled && w < total; ++w)
    part.samples[w].scale = part.scales.data() + w * outputs;
}

Examples::Examples(const InputPlan& plan, const TrainingSet& set, const Member& member,
                   std::span<const double> loss_units)
    : plan_(plan), member_(member), loss_units_(loss_units) {
  const bool lagged = member.way.lagged;
  inputs_.resize(set.rows().size() * plan.inputs(lagged));
  float* to = inputs_.data();
  for (std::size_t row = 0; row < set.rows().size(); ++row)
    to = write_row(plan, lagged, set.rows(), row, set.series_begin(row), to);
  std::vector<std::uint64_t> knowing;
  if (lagged) {
    for (const std::uint64_t window : set.train()) {
      const std::size_t origin = window + plan.steps;
      if (knows_lags(plan, set.rows(), origin, set.series_begin(window))) knowing.push_back(window);
    }
  }
  cut(set, 2 * knowing.size() >= set.train().size() && lagged ? knowing : set.train(), train_);
  cut(set, set.validation(), validation_);
}

}  // namespace weir::lstm_model
