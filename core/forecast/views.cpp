// SPDX-License-Identifier: Apache-2.0
#include "core/forecast/views.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace weir::core {
namespace {

View whole(std::span<const Feature> features, std::span<const std::uint32_t> targets) {
  View view;
  for (std::size_t i = 0; i < features.size(); ++i)
    view.slots.push_back({i, 0, features[i].column});
  view.targets.assign(targets.begin(), targets.end());
  for (std::size_t i = 0; i < targets.size(); ++i) view.target_numbers.push_back(i);
  return view;
}

/// One target and all that is no target.
View single(std::span<const Feature> features, std::span<const std::uint32_t> targets,
            std::size_t number) {
  View view;
  for (std::size_t i = 0; i < features.size(); ++i) {
    const bool other =
        i != targets[number] && std::find(targets.begin(), targets.end(), i) != targets.end();
    if (other) continue;
    if (i == targets[number]) view.targets = {static_cast<std::uint32_t>(view.slots.size())};
    view.slots.push_back({i, 0, features[i].column});
  }
  view.target_numbers = {number};
  return view;
}

/// As single, with the target first under a name of no series, and an indicator for each series.
View global(std::span<const Feature> features, std::span<const std::uint32_t> targets,
            std::size_t number) {
  View view;
  view.slots.push_back({targets[number], 0, "value"});
  for (std::size_t i = 0; i < features.size(); ++i) {
    if (std::find(targets.begin(), targets.end(), i) == targets.end())
      view.slots.push_back({i, 0, features[i].column});
  }
  for (std::size_t i = 0; i < targets.size(); ++i) {
    view.slots.push_back(
        {Slot::none, i == number ? 1.0 : 0.0, "is " + features[targets[i]].column});
  }
  view.targets = {0};
  view.target_numbers = {number};
  return view;
}

double learn_spread(const SeriesTable& table, std::size_t train_end, std::size_t feature,
                    bool standard, double& centre) {
  double low = std::numeric_limits<double>::infinity();
  double high = -low;
  double mean = 0;
  double squares = 0;
  std::size_t count = 0;
  for (std::size_t row = 0; row < train_end; ++row) {
    const double value = table.at(row, feature);
    if (std::isnan(value)) continue;
    low = std::min(low, value);
    high = std::max(high, value);
    ++count;
    const double before = value - mean;  // Welford
    mean += before / static_cast<double>(count);
    squares += before * (value - mean);
  }
  if (count == 0) return 0;
  centre = standard ? mean : low;
  return standard ? std::sqrt(squares / static_cast<double>(count)) : high - low;
}

}  // namespace

std::vector<View> make_views(std::span<const Feature> features,
                             std::span<const std::uint32_t> targets, SeriesMode mode) {
  if (mode == SeriesMode::together || targets.size() == 1) return {whole(features, targets)};
  std::vector<View> views;
  for (std::size_t number = 0; number < targets.size(); ++number) {
    views.push_back(mode == SeriesMode::each ? single(features, targets, number)
                                             : global(features, targets, number));
    views.back().model = mode == SeriesMode::each ? number : 0;
  }
  return views;
}

std::size_t model_count(std::span<const View> views) {
  std::size_t count = 0;
  for (const View& view : views) count = std::max(count, view.model + 1);
  return count;
}

Scales learn_scales(const SeriesTable& table, std::size_t train_end, HarnessScaling scaling) {
  const std::size_t width = table.features().size();
  Scales scales{std::vector<double>(width, 1), std::vector<double>(width, 0)};
  for (std::size_t feature = 0; feature < width; ++feature) {
    const bool scaled_before =
        scaling == HarnessScaling::automatic && table.features()[feature].scaled;
    if (scaling == HarnessScaling::none || scaled_before) continue;
    double centre = 0;
    const double spread =
        learn_spread(table, train_end, feature, scaling == HarnessScaling::standard, centre);
    scales.offset[feature] = centre;
    scales.scale[feature] = spread > 0 ? spread : 1;
  }
  return scales;
}

void ViewRows::extend(const SeriesTable& table, std::span<const Feature> learned,
                      const Scales& scales) {
  const std::size_t width = this->width();
  missing_run_.resize(width, gap_limit_);  // before the first value there is nothing to repeat
  for (std::size_t row = size(); row < table.rows(); ++row) {
    for (std::size_t i = 0; i < width; ++i) {
      const Slot& slot = view_.slots[i];
      if (slot.column == Slot::none) {
        values_.push_back(slot.indicator);
        continue;
      }
      const Feature& then = learned[slot.column];
      const Feature& now = table.features()[slot.column];
      double value = table.at(row, slot.column);
      // A scaler before the model may have learned other numbers than in the run that saved it.
      if (now.scale != then.scale || now.offset != then.offset)
        value = (value * now.scale + now.offset - then.offset) / then.scale;
      value = (value - scales.offset[slot.column]) / scales.scale[slot.column];
      if (!std::isnan(value)) {
        missing_run_[i] = 0;
      } else if (missing_run_[i] < gap_limit_) {
        ++missing_run_[i];
        ++filled_;
        value = values_[values_.size() - width];
      }
      values_.push_back(value);
    }
  }
}

void ViewRows::drop_front(std::size_t rows) {
  values_.erase(values_.begin(), values_.begin() + static_cast<std::ptrdiff_t>(rows * width()));
  // Nothing is left that a gap could be filled with.
  if (values_.empty()) missing_run_.clear();
}

void ViewRows::clear() {
  values_.clear();
  missing_run_.clear();
  filled_ = 0;
}

bool ViewRows::complete(std::size_t row) const {
  const double* first = values_.data() + row * width();
  return std::none_of(first, first + width(), [](double value) { return std::isnan(value); });
}

}  // namespace weir::core
