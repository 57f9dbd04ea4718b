// SPDX-License-Identifier: Apache-2.0
// How the models of a Forecaster are learned, calibrated and judged.
#include <algorithm>
#include <cmath>
#include <deque>
#include <limits>
#include <utility>

#include "core/forecast/forecaster.hpp"

namespace weir::core {
namespace {

void refuse_leak(const SeriesTable& table, const Split& split) {
  for (const Feature& feature : table.features()) {
    if (feature.fitted_until <= table.times()[split.train_end - 1]) continue;
    throw Fatal("column '" + feature.column +
                "' was scaled by rows after the training part; give the scaler and "
                "the model the same train_percent");
  }
}

std::string lacking(const SeriesTable& table, const Split& split,
                    const HarnessDeclaration::Options& options) {
  std::size_t incomplete = 0;
  for (std::size_t row = 0; row < split.train_end; ++row)
    incomplete += table.complete(row) ? 0U : 1U;
  return "too few rows to learn from: one window takes " +
         std::to_string(options.sequence_length + options.horizon) +
         " rows in a row without a missing value (sequence_length " +
         std::to_string(options.sequence_length) + " + horizon " + std::to_string(options.horizon) +
         "), the training part has " + std::to_string(split.train_end) + " rows, " +
         std::to_string(incomplete) +
         " of them with a missing value; give more rows, or shorten sequence_length or horizon" +
         (incomplete > 0 ? ", or set gap_limit" : "");
}

/// The rows of all series that one model learns from, one after the other.
struct JoinedRows {
  std::vector<double> values;
  std::vector<std::int64_t> times;
  std::vector<std::uint64_t> segments;
  Windows windows;

  void add(const ViewRows& rows, std::span<const std::int64_t> row_times, const Windows& more) {
    const std::uint64_t first = times.size();
    segments.push_back(first);
    values.insert(values.end(), rows.values().begin(), rows.values().end());
    times.insert(times.end(), row_times.begin(), row_times.end());
    for (const std::uint64_t window : more.train) windows.train.push_back(first + window);
    for (const std::uint64_t window : more.validation) windows.validation.push_back(first + window);
  }
};

}  // namespace

Forecaster::Forecaster(const SeriesTable& table, const HarnessDeclaration::Options& options,
                       const Make& make, const Report& report, const Seconds& seconds,
                       const WarmStart& warm)
    : options_(options),
      features_(table.features()),
      targets_(table.targets()),
      step_(table.step()) {
  check_table(table);
  const Split split = split_table(table, options.train_percent, options.validation_percent);
  if (split.train_end == 0) throw Error(lacking(table, split, options));
  refuse_leak(table, split);
  season_ = options.season ? static_cast<std::size_t>(options.season->count() / step_)
                           : find_season(table, split.train_end, 0);
  scales_ = learn_scales(table, split.train_end, options.scaling);
  for (View& view : make_views(features_, targets_, options.series))
    rows_.emplace_back(std::move(view), options.gap_limit);
  extend_rows(table);
  note_targets(table, split);
  for (const ViewRows& rows : rows_) {
    if (rows.view().model == models_.size()) models_.push_back(make());
  }
  if (warm.columns == columns() && warm.models.size() == models_.size()) {
    for (std::size_t model = 0; model < models_.size(); ++model)
      models_[model]->load(warm.models[model]);
  }
  const double start = seconds();
  learn(table, split, report);
  calibrate(table, split);
  if (options.learn_validation && split.validation_end > split.train_end) {
    relearn(table, {split.validation_end, split.validation_end, split.rows}, make, report);
  }
  const double training_seconds = seconds() - start;
  judge(table, split, training_seconds);
  if (options.refit) relearn(table, {split.rows, split.rows, split.rows}, make, report);
}

void Forecaster::check_table(const SeriesTable& table) const {
  if (table.data_rows() < 2) {
    throw Error(
        "too few rows to learn from: " + std::to_string(table.data_rows()) + " came, at least " +
        std::to_string(
            (options_.sequence_length + options_.horizon) * 100 / options_.train_percent + 1) +
        " are needed");
  }
  if (options_.season && options_.season->count() % step_ != 0) {
    throw Error("season " + to_text(*options_.season) + " is no multiple of the rows' distance, " +
                to_text(Duration{step_}));
  }
  for (std::size_t number = 0; number < targets_.size(); ++number) {
    bool any = false;
    for (std::size_t row = 0; row < table.rows() && !any; ++row)
      any = !std::isnan(truth(table, row, number));
    if (!any) {
      throw Error("target '" + target(number).column + "' has not one value in " +
                  std::to_string(table.data_rows()) + " rows");
    }
  }
}

void Forecaster::note_targets(const SeriesTable& table, const Split& split) {
  for (std::size_t number = 0; number < targets_.size(); ++number) {
    double low = std::numeric_limits<double>::infinity();
    double high = -low;
    for (std::size_t row = 0; row < split.train_end; ++row) {
      const double value = truth(table, row, number);
      if (std::isnan(value)) continue;
      low = std::min(low, value);
      high = std::max(high, value);
    }
    if (low == high) {
      notes_.push_back("target '" + target(number).column +
                       "' is constant over the training part; there is nothing to learn but that");
    }
  }
  std::uint64_t filled = 0;
  for (const ViewRows& rows : rows_) filled += rows.filled();
  if (filled > 0) {
    notes_.push_back(std::to_string(filled) + " missing values in gaps of at most " +
                     std::to_string(options_.gap_limit) +
                     " rows took the last value before them (gap_limit)");
  }
}

Windows Forecaster::windows_of(const ViewRows& rows, const SeriesTable& table,
                               const Split& split) const {
  const auto truths_there = [&](std::size_t row) {
    const auto& numbers = rows.view().target_numbers;
    return std::none_of(numbers.begin(), numbers.end(),
                        [&](std::size_t number) { return std::isnan(truth(table, row, number)); });
  };
  return cut_windows(split, options_.sequence_length, options_.horizon,
                     {[&](std::size_t row) { return rows.complete(row); }, truths_there});
}

void Forecaster::learn(const SeriesTable& table, const Split& split, const Report& report) {
  for (std::size_t model = 0; model < models_.size(); ++model) {
    fit(model, table, split, [&](const EpochRecord& epoch) {
      history_.push_back(epoch);
      return report(epoch);
    });
  }
}

void Forecaster::relearn(const SeriesTable& table, const Split& split, const Make& make,
                         const Report& report) {
  for (std::size_t model = 0; model < models_.size() && !stopped_; ++model) {
    auto fresh = make();
    fresh->load(models_[model]->save());
    std::swap(models_[model], fresh);
    fit(model, table, split, report);
    // A model that was stopped half way has learned less than the one before.
    if (stopped_) std::swap(models_[model], fresh);
  }
}

void Forecaster::fit(std::size_t model, const SeriesTable& table, const Split& split,
                     const Report& report) {
  JoinedRows joined;
  const ViewRows* first = nullptr;
  for (const ViewRows& rows : rows_) {
    if (rows.view().model != model) continue;
    if (first == nullptr) first = &rows;
    joined.add(rows, table.times(), windows_of(rows, table, split));
  }
  if (joined.windows.train.empty()) throw Error(lacking(table, split, options_));
  std::vector<const char*> names;
  std::vector<double> scale;
  std::vector<double> offset;
  for (const Slot& slot : first->view().slots) {
    names.push_back(slot.name.c_str());
    const bool column = slot.column != Slot::none;
    const Feature plain;
    const Feature& feature = column ? features_[slot.column] : plain;
    scale.push_back(column ? feature.scale * scales_.scale[slot.column] : 1);
    offset.push_back(column ? feature.scale * scales_.offset[slot.column] + feature.offset : 0);
  }
  weir_training_set set{};
  set.size = sizeof set;
  set.features = static_cast<std::uint32_t>(first->width());
  set.rows = joined.times.size();
  set.values = joined.values.data();
  set.times = joined.times.data();
  set.feature_names = names.data();
  set.scale = scale.data();
  set.offset = offset.data();
  set.targets = first->view().targets.data();
  set.target_count = static_cast<std::uint32_t>(first->view().targets.size());
  set.sequence_length = options_.sequence_length;
  set.horizon = options_.horizon;
  set.train = joined.windows.train.data();
  set.train_count = joined.windows.train.size();
  set.validation = joined.windows.validation.data();
  set.validation_count = joined.windows.validation.size();
  set.step = step_;
  set.seed = options_.seed;
  set.season = season_;
  set.segments = joined.segments.data();
  set.segment_count = joined.segments.size();
  models_[model]->fit(set, [&](const weir_epoch& epoch) {
    const bool go_on =
        report({epoch.epoch, epoch.epochs, epoch.loss, epoch.validation_loss, epoch.best_loss});
    stopped_ = stopped_ || !go_on;
    return go_on;
  });
}

void Forecaster::calibrate(const SeriesTable& table, const Split& split) {
  std::vector<ForecastPoint> points;
  for (const ViewRows& rows : rows_) {
    // As many as the intervals remember; the latest ones.
    std::vector<std::uint64_t> windows = windows_of(rows, table, split).validation;
    if (windows.size() > IntervalTracker::memory)
      windows.erase(windows.begin(), windows.end() - std::ptrdiff_t{IntervalTracker::memory});
    for (const std::uint64_t first : windows) {
      const auto from = points_from(rows, table, first + options_.sequence_length);
      points.insert(points.end(), from.begin(), from.end());
    }
  }
  if (points.empty()) return;
  intervals_.assign(targets_.size() * options_.horizon, IntervalTracker(options_.interval));
  for (ForecastPoint& point : points) {
    set_interval(point);
    settle(point);
  }
}

void Forecaster::judge(const SeriesTable& table, const Split& split, double training_seconds) {
  std::deque<ForecastPoint> open;  // whose truth is not due yet
  const auto settle_due = [&](std::int64_t known_until) {
    std::erase_if(open, [&](const ForecastPoint& point) {
      if (point.time >= known_until) return false;
      settle(point);
      return true;
    });
  };
  for (const ViewRows& rows : rows_) {
    const Windows windows = windows_of(rows, table, split);
    for (const std::uint64_t first : thin(windows.test, options_.test_origins)) {
      const std::size_t origin = first + options_.sequence_length;
      settle_due(table.times()[origin - 1] + step_);
      for (const ForecastPoint& point : points_from(rows, table, origin)) {
        predictions_.push_back(point);
        open.push_back(point);
      }
    }
    settle_due(std::numeric_limits<std::int64_t>::max());
  }
  for (std::size_t number = 0; number < targets_.size(); ++number) {
    evaluations_.push_back(evaluate(table, split.train_end, predictions_, number));
    evaluations_.back().epochs = history_.size();
    evaluations_.back().training_seconds = training_seconds;
  }
  if (predictions_.empty()) {
    notes_.push_back("nothing was judged: the test part has " +
                     std::to_string(split.rows - split.validation_end) +
                     " rows, and none of its windows of " + std::to_string(options_.horizon) +
                     " rows to forecast (horizon) is complete");
  }
}

}  // namespace weir::core
