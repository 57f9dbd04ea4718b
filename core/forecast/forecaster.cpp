// SPDX-License-Identifier: Apache-2.0
#include "core/forecast/forecaster.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace weir::core {
namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

/// By rows that arrived, so that a gap does not move the splits against those of a scaler before.
Split split_table(const SeriesTable& table, const HarnessDeclaration::Options& options) {
  const auto row_at = [&](std::size_t percent) {
    const std::size_t index = table.data_rows() * percent / 100;
    return index < table.data_rows() ? table.data_row(index) : table.rows();
  };
  const unsigned validation_end =
      std::min(100U, options.train_percent + options.validation_percent);
  return {row_at(options.train_percent), row_at(validation_end), table.rows()};
}

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
         " of them with a missing value; give more rows, or shorten sequence_length or horizon";
}

}  // namespace

Forecaster::Forecaster(const SeriesTable& table, const HarnessDeclaration::Options& options,
                       const Make& make, const Report& report, const Seconds& seconds)
    : options_(options),
      features_(table.features()),
      targets_(table.targets()),
      step_(table.step()) {
  if (table.data_rows() < 2) {
    throw Error("too few rows to learn from: " + std::to_string(table.data_rows()) +
                " came, at least " +
                std::to_string(
                    (options.sequence_length + options.horizon) * 100 / options.train_percent + 1) +
                " are needed");
  }
  if (options.season && options.season->count() % step_ != 0) {
    throw Error("season " + to_text(*options.season) + " is no multiple of the rows' distance, " +
                to_text(Duration{step_}));
  }
  const Split split = split_table(table, options);
  if (split.train_end == 0) throw Error(lacking(table, split, options));
  refuse_leak(table, split);
  const auto complete = [&](std::size_t row) { return table.complete(row); };
  const Windows windows = cut_windows(split, options.sequence_length, options.horizon, complete);
  if (windows.train.empty()) throw Error(lacking(table, split, options));
  learn_scales(table, split.train_end);
  scale_rows(table);
  model_ = make();
  const double start = seconds();
  fit(table, windows, report);
  const double training_seconds = seconds() - start;
  calibrate(table, windows);
  evaluate(table, split, windows, training_seconds);
  if (!options.refit) return;
  // The test part takes the place of the validation part, which is learned from.
  const Windows later = cut_windows({split.validation_end, split.rows, split.rows},
                                    options.sequence_length, options.horizon, complete);
  std::vector<EpochRecord> judged = history_;
  model_ = make();
  fit(table, later, [](const EpochRecord&) { return true; });
  history_ = std::move(judged);
}

void Forecaster::learn_scales(const SeriesTable& table, std::size_t train_end) {
  const std::size_t width = features_.size();
  scale_.assign(width, 1);
  offset_.assign(width, 0);
  for (std::size_t feature = 0; feature < width; ++feature) {
    const bool automatic = options_.scaling == HarnessScaling::automatic;
    if (options_.scaling == HarnessScaling::none || (automatic && features_[feature].scaled))
      continue;
    double low = std::numeric_limits<double>::infinity();
    double high = -low;
    double sum = 0;
    double squares = 0;
    std::size_t count = 0;
    for (std::size_t row = 0; row < train_end; ++row) {
      const double value = table.at(row, feature);
      if (std::isnan(value)) continue;
      low = std::min(low, value);
      high = std::max(high, value);
      ++count;
      const double before = value - sum;  // `sum` is the running mean (Welford)
      sum += before / static_cast<double>(count);
      squares += before * (value - sum);
    }
    if (count == 0) continue;
    const bool standard = options_.scaling == HarnessScaling::standard;
    const double spread = standard ? std::sqrt(squares / static_cast<double>(count)) : high - low;
    offset_[feature] = standard ? sum : low;
    scale_[feature] = spread > 0 ? spread : 1;
  }
}

void Forecaster::scale_rows(const SeriesTable& table) {
  const std::size_t width = features_.size();
  const std::size_t done = scaled_.size();
  scaled_.resize(table.rows() * width);
  const auto values = table.values();
  for (std::size_t i = done; i < scaled_.size(); ++i) {
    const Feature& learned = features_[i % width];
    const Feature& given = table.features()[i % width];
    double value = values[i];
    // A scaler before the model may have learned other numbers than in the run that saved the
    // model.
    if (given.scale != learned.scale || given.offset != learned.offset) {
      value = (value * given.scale + given.offset - learned.offset) / learned.scale;
    }
    scaled_[i] = (value - offset_[i % width]) / scale_[i % width];
  }
}

void Forecaster::fit(const SeriesTable& table, const Windows& windows, const Report& report) {
  std::vector<const char*> names;
  std::vector<double> scale;
  std::vector<double> offset;
  for (std::size_t i = 0; i < features_.size(); ++i) {
    names.push_back(features_[i].column.c_str());
    scale.push_back(features_[i].scale * scale_[i]);
    offset.push_back(features_[i].scale * offset_[i] + features_[i].offset);
  }
  weir_training_set set{};
  set.size = sizeof set;
  set.features = static_cast<std::uint32_t>(features_.size());
  set.rows = table.rows();
  set.values = scaled_.data();
  set.times = table.times().data();
  set.feature_names = names.data();
  set.scale = scale.data();
  set.offset = offset.data();
  set.targets = targets_.data();
  set.target_count = static_cast<std::uint32_t>(targets_.size());
  set.sequence_length = options_.sequence_length;
  set.horizon = options_.horizon;
  set.train = windows.train.data();
  set.train_count = windows.train.size();
  set.validation = windows.validation.data();
  set.validation_count = windows.validation.size();
  set.step = step_;
  set.seed = options_.seed;
  history_.clear();
  model_->fit(set, [&](const weir_epoch& epoch) {
    history_.push_back(
        {epoch.epoch, epoch.epochs, epoch.loss, epoch.validation_loss, epoch.best_loss});
    return report(history_.back());
  });
}

std::vector<double> Forecaster::predict_from(const SeriesTable& table, std::size_t origin) const {
  weir_window window{};
  window.size = sizeof window;
  window.features = static_cast<std::uint32_t>(features_.size());
  window.rows = origin;
  window.values = scaled_.data();
  window.times = table.times().data();
  window.sequence_length = options_.sequence_length;
  window.horizon = options_.horizon;
  window.target_count = static_cast<std::uint32_t>(targets_.size());
  window.step = step_;
  return model_->predict(window);
}

double Forecaster::physical(std::size_t target, double scaled) const {
  const std::size_t feature = targets_[target];
  const double value = (scaled * scale_[feature] + offset_[feature]) * features_[feature].scale +
                       features_[feature].offset;
  return std::clamp(value, options_.lower_bound.value_or(-std::numeric_limits<double>::infinity()),
                    options_.upper_bound.value_or(std::numeric_limits<double>::infinity()));
}

double Forecaster::truth(const SeriesTable& table, std::size_t row, std::size_t target) const {
  const Feature& given = table.features()[targets_[target]];
  return table.at(row, targets_[target]) * given.scale + given.offset;
}

std::vector<ForecastPoint> Forecaster::points_from(const SeriesTable& table,
                                                   std::size_t origin) const {
  const std::vector<double> values = predict_from(table, origin);
  const double low = options_.lower_bound.value_or(-std::numeric_limits<double>::infinity());
  const double high = options_.upper_bound.value_or(std::numeric_limits<double>::infinity());
  std::vector<ForecastPoint> points;
  points.reserve(values.size());
  for (std::size_t step = 0; step < options_.horizon; ++step) {
    for (std::size_t target = 0; target < targets_.size(); ++target) {
      ForecastPoint point;
      point.time = table.times()[origin - 1] + static_cast<std::int64_t>(step + 1) * step_;
      point.target = target;
      point.step = step + 1;
      point.value = physical(target, values[step * targets_.size() + target]);
      const double half =
          half_width_.empty() ? unknown : half_width_[target * options_.horizon + step];
      point.lower = std::isnan(half) ? unknown : std::clamp(point.value - half, low, high);
      point.upper = std::isnan(half) ? unknown : std::clamp(point.value + half, low, high);
      point.actual = origin + step < table.rows() ? truth(table, origin + step, target) : unknown;
      points.push_back(point);
    }
  }
  return points;
}

void Forecaster::calibrate(const SeriesTable& table, const Windows& windows) {
  std::vector<std::vector<double>> residuals(targets_.size() * options_.horizon);
  for (const std::uint64_t first : windows.validation) {
    for (const ForecastPoint& point : points_from(table, first + options_.sequence_length)) {
      residuals[point.target * options_.horizon + point.step - 1].push_back(
          std::abs(point.actual - point.value));
    }
  }
  half_width_.clear();
  for (auto& step : residuals)
    half_width_.push_back(conformal_half_width(std::move(step), options_.interval));
}

std::size_t Forecaster::season_rows(const SeriesTable& table, std::size_t train_end,
                                    std::size_t target) const {
  if (options_.season) return static_cast<std::size_t>(options_.season->count() / step_);
  constexpr std::int64_t day = 86'400'000'000'000;
  std::vector<double> values(train_end);
  for (std::size_t row = 0; row < train_end; ++row) values[row] = truth(table, row, target);
  std::size_t best = 0;
  double best_error = std::numeric_limits<double>::infinity();
  for (const std::int64_t season : {day, 7 * day}) {
    const auto lag = static_cast<std::size_t>(season / step_);
    if (season % step_ != 0 || lag < 2 || train_end < 2 * lag) continue;
    const double error = naive_scale(values, lag);
    if (error < best_error) {
      best_error = error;
      best = lag;
    }
  }
  return best;
}

Evaluation Forecaster::evaluate_target(const SeriesTable& table, const Split& split,
                                       const Windows& windows, std::size_t target) const {
  Evaluation result;
  result.target = features_[targets_[target]].column;
  result.minimum = std::numeric_limits<double>::infinity();
  result.maximum = -result.minimum;
  std::vector<double> train;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const double value = truth(table, row, target);
    if (row < split.train_end) train.push_back(value);
    if (std::isnan(value)) continue;
    ++result.data_points;
    result.minimum = std::min(result.minimum, value);
    result.maximum = std::max(result.maximum, value);
    result.mean += (value - result.mean) / static_cast<double>(result.data_points);
  }
  ErrorSums model;
  ErrorSums naive;
  ErrorSums seasonal;
  std::size_t held = 0;
  const std::size_t season = season_rows(table, split.train_end, target);
  for (const ForecastPoint& point : predictions_) {
    if (point.target != target) continue;
    const auto row = static_cast<std::size_t>((point.time - table.times().front()) / step_);
    model.add(point.actual, point.value);
    naive.add(point.actual, truth(table, row - point.step, target));
    held += point.lower <= point.actual && point.actual <= point.upper ? 1U : 0U;
    if (season == 0) continue;
    const std::size_t back = season * ((point.step + season - 1) / season);
    const double before = row >= back ? truth(table, row - back, target) : unknown;
    if (!std::isnan(before)) seasonal.add(point.actual, before);
  }
  result.test_samples = windows.test.size();
  result.mae = model.mae();
  result.rmse = model.rmse();
  result.r2 = model.r2();
  const double scale = naive_scale(train, 1);
  result.mase = scale > 0 ? result.mae / scale : unknown;
  result.naive_mae = naive.mae();
  result.seasonal_naive_mae = seasonal.mae();
  result.skill_naive = skill(result.mae, result.naive_mae);
  result.skill_seasonal_naive =
      seasonal.count() == model.count() ? skill(result.mae, result.seasonal_naive_mae) : unknown;
  const bool interval =
      !half_width_.empty() && !std::isnan(half_width_.front()) && model.count() > 0;
  result.coverage =
      interval ? static_cast<double>(held) / static_cast<double>(model.count()) : unknown;
  return result;
}

void Forecaster::evaluate(const SeriesTable& table, const Split& split, const Windows& windows,
                          double training_seconds) {
  predictions_.clear();
  for (const std::uint64_t first : windows.test) {
    const auto points = points_from(table, first + options_.sequence_length);
    predictions_.insert(predictions_.end(), points.begin(), points.end());
  }
  evaluations_.clear();
  for (std::size_t target = 0; target < targets_.size(); ++target) {
    evaluations_.push_back(evaluate_target(table, split, windows, target));
    evaluations_.back().epochs = history_.size();
    evaluations_.back().training_seconds = training_seconds;
  }
}

void Forecaster::check_fits(const SeriesTable& table) const {
  if (table.step() != 0 && table.step() != step_) {
    throw Error("the model learned rows every " + to_text(Duration{step_}) + ", these come every " +
                to_text(Duration{table.step()}));
  }
  std::string wanted;
  std::string there;
  for (const Feature& feature : features_) wanted += (wanted.empty() ? "" : ", ") + feature.column;
  for (const Feature& feature : table.features())
    there += (there.empty() ? "" : ", ") + feature.column;
  if (wanted != there)
    throw Error("the model learned from the columns " + wanted + "; these rows have " + there);
}

std::vector<ForecastPoint> Forecaster::forecast(const SeriesTable& table) {
  const std::size_t rows = table.rows();
  scale_rows(table);
  if (rows < options_.sequence_length) return {};
  for (std::size_t row = rows - options_.sequence_length; row < rows; ++row) {
    if (!table.complete(row)) return {};
  }
  return points_from(table, rows);
}

}  // namespace weir::core
