// SPDX-License-Identifier: Apache-2.0
#include "simple.hpp"

#include <algorithm>
#include <cmath>

namespace weir::baseline_models {
namespace {

constexpr std::size_t most_rows = 100'000'000;
constexpr std::size_t seasons_back = 4;

}  // namespace

void Naive::forecast(const History& history, std::size_t feature, std::span<double> values) const {
  std::fill(values.begin(), values.end(), history.last(feature));
}

void SeasonalNaive::choose(const TargetSet& set, const Settings& settings, const Watch& watch) {
  if (set.set().season() == 0) {
    settings.warn(
        "no season is known (none given, and no day or week fits the rows twice): the seasonal "
        "naive forecast is the last value; name one with season");
  }
  learn(set, settings, watch);
}

void SeasonalNaive::learn(const TargetSet& set, const Settings& /*settings*/,
                          const Watch& /*watch*/) {
  if (set.set().season() != 0) season_ = set.set().season();
}

void SeasonalNaive::forecast(const History& history, std::size_t feature,
                             std::span<double> values) const {
  for (std::size_t step = 0; step < values.size(); ++step) {
    values[step] = history.last(feature);
    if (season_ == 0) continue;
    for (std::size_t more = 0; more < seasons_back; ++more) {
      const double before = history.seasonal(season_, step, feature, more);
      if (std::isnan(before)) continue;
      values[step] = before;
      break;
    }
  }
}

SeasonalNaive SeasonalNaive::take(BytesReader& from, const ModelShape& /*shape*/) {
  SeasonalNaive part;
  part.season_ = from.take_size(most_rows);
  return part;
}

void Drift::learn_before(const TargetSet& set, std::size_t end) {
  const Rows& rows = set.set().rows();
  double change = 0;
  std::size_t steps = 0;
  // Series by series, from its first to its last value.
  for (std::size_t stop = std::min(end, rows.size()); stop > 0;) {
    const std::size_t begin = set.set().series_begin(stop - 1);
    std::size_t first = begin;
    std::size_t last = stop - 1;
    while (first < last && std::isnan(rows.at(first, set.feature()))) ++first;
    while (last > first && std::isnan(rows.at(last, set.feature()))) --last;
    if (first < last) {
      change += rows.at(last, set.feature()) - rows.at(first, set.feature());
      steps += last - first;
    }
    stop = begin;
  }
  slope_ = steps == 0 ? 0 : change / static_cast<double>(steps);
}

void Drift::forecast(const History& history, std::size_t feature, std::span<double> values) const {
  for (std::size_t step = 0; step < values.size(); ++step)
    values[step] = history.last(feature) + slope_ * static_cast<double>(step + 1);
}

Drift Drift::take(BytesReader& from, const ModelShape& /*shape*/) {
  Drift part;
  part.slope_ = from.take<double>();
  return part;
}

}  // namespace weir::baseline_models
