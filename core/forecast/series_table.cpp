// SPDX-License-Identifier: Apache-2.0
#include "core/forecast/series_table.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "weir/pattern.hpp"

namespace weir::core {
namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

std::string metadata(const ColumnInfo& info, const std::string& key) {
  const auto at = info.metadata.find(key);
  return at == info.metadata.end() ? std::string{} : at->second;
}

/// "target=10.0.0.1,address=10.0.0.1", as the aligner writes it.
std::map<std::string, std::string> parse_tags(std::string_view text) {
  std::map<std::string, std::string> tags;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    const std::string_view pair = text.substr(0, comma);
    const std::size_t equals = pair.find('=');
    if (equals != std::string_view::npos)
      tags.emplace(pair.substr(0, equals), pair.substr(equals + 1));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return tags;
}

Feature feature_of(const ColumnInfo& info, const std::string& measurement) {
  Feature feature;
  feature.column = info.name;
  feature.measurement = metadata(info, "weir.measurement");
  if (feature.measurement.empty()) feature.measurement = measurement;
  feature.field = metadata(info, "weir.field");
  if (feature.field.empty()) feature.field = info.name;
  feature.tags = parse_tags(metadata(info, "weir.tags"));
  feature.unit = info.unit;
  feature.scale = info.scale;
  feature.offset = info.offset;
  const std::string until = metadata(info, "weir.fitted_until");
  feature.scaled = !until.empty() || info.scale != 1 || info.offset != 0;
  std::from_chars(until.data(), until.data() + until.size(), feature.fitted_until);
  return feature;
}

std::string numeric_columns(const Batch& batch) {
  std::string names;
  for (const Column& column : batch.columns()) {
    if (column.role() == Role::field && column.numeric())
      names += (names.empty() ? "" : ", ") + column.name();
  }
  return names.empty() ? "none" : names;
}

void require_column(const Batch& batch, const std::vector<Feature>& features,
                    const std::string& pattern, const char* what, const char* purpose) {
  const bool found = std::any_of(features.begin(), features.end(), [&](const Feature& feature) {
    return matches(pattern, feature.column);
  });
  if (found) return;
  const Column* text = batch.find(pattern);
  throw Fatal(text != nullptr ? std::string(what) + " '" + pattern + "' is " +
                                    std::string(to_string(text->type())) + ", not a number"
                              : "no column is called '" + pattern + "', which " + purpose +
                                    "; there are " + numeric_columns(batch));
}

}  // namespace

SeriesTable::SeriesTable(std::vector<std::string> features, std::vector<std::string> targets)
    : feature_patterns_(std::move(features)), target_patterns_(std::move(targets)) {}

bool SeriesTable::complete(std::size_t row) const {
  const double* first = values_.data() + row * features_.size();
  return std::none_of(first, first + features_.size(),
                      [](double value) { return std::isnan(value); });
}

void SeriesTable::add(const Batch& batch) {
  if (batch.empty()) return;
  if (features_.empty()) fix_columns(batch);
  check_one_series(batch);
  std::vector<const Column*> columns;
  columns.reserve(features_.size());
  for (const Feature& feature : features_) {
    const Column* column = batch.find(feature.column);
    if (column != nullptr &&
        (column->info().scale != feature.scale || column->info().offset != feature.offset)) {
      throw Error("column '" + feature.column +
                  "' changed its scale; a model needs one scale for all its rows");
    }
    columns.push_back(column != nullptr && column->numeric() ? column : nullptr);
  }
  for (const Column& column : batch.columns()) {
    const bool known = std::any_of(features_.begin(), features_.end(), [&](const Feature& feature) {
      return feature.column == column.name();
    });
    if (!known && column.role() == Role::field && column.numeric() &&
        matches_any(feature_patterns_, column.name())) {
      ++new_columns_;
    }
  }
  const auto times = batch.times();
  for (std::size_t row = 0; row < batch.rows(); ++row) add_row(times[row], columns, row);
}

void SeriesTable::fix_columns(const Batch& batch) {
  std::vector<Feature> features;
  std::vector<std::uint32_t> targets;
  for (const Column& column : batch.columns()) {
    if (column.role() != Role::field || !column.numeric()) continue;
    const bool target = matches_any(target_patterns_, column.name());
    if (!target && !matches_any(feature_patterns_, column.name())) continue;
    if (target) targets.push_back(static_cast<std::uint32_t>(features.size()));
    features.push_back(feature_of(column.info(), batch.measurement()));
  }
  for (const std::string& pattern : target_patterns_)
    require_column(batch, features, pattern, "target", "is to be forecast");
  for (const std::string& pattern : feature_patterns_) {
    // `ping.*` may match nothing yet; a name in full is meant.
    if (pattern.find_first_of("*?") == std::string::npos)
      require_column(batch, features, pattern, "feature", "is to be learned from");
  }
  features_ = std::move(features);
  targets_ = std::move(targets);
}

void SeriesTable::check_one_series(const Batch& batch) {
  for (const Column& column : batch.columns()) {
    if (column.role() != Role::tag) continue;
    for (std::size_t row = 0; row < batch.rows(); ++row) {
      const auto [at, fresh] = series_.try_emplace(column.name(), column.text(row));
      if (!fresh && at->second != column.text(row)) {
        throw Fatal("the rows hold several series (" + column.name() + " is '" + at->second +
                    "' and '" + std::string(column.text(row)) +
                    "'); put an aligner before the model, it makes each a column");
      }
    }
  }
}

std::vector<std::string> SeriesTable::drop_empty_features(
    const std::function<bool(const std::string& column)>& wanted) {
  const std::size_t width = features_.size();
  std::vector<bool> keep(width, false);
  for (std::size_t i = 0; i < width; ++i) keep[i] = wanted(features_[i].column);
  for (const std::uint32_t target : targets_) keep[target] = true;
  for (std::size_t i = 0; i < values_.size(); ++i) {
    if (!std::isnan(values_[i])) keep[i % width] = true;
  }
  std::vector<std::string> dropped;
  std::vector<Feature> features;
  std::vector<std::uint32_t> moved(width);
  for (std::size_t feature = 0; feature < width; ++feature) {
    moved[feature] = static_cast<std::uint32_t>(features.size());
    if (keep[feature]) {
      features.push_back(std::move(features_[feature]));
    } else {
      dropped.push_back(features_[feature].column);
    }
  }
  std::vector<double> values;
  values.reserve(times_.size() * features.size());
  for (std::size_t i = 0; i < values_.size(); ++i) {
    if (keep[i % width]) values.push_back(values_[i]);
  }
  features_ = std::move(features);
  values_ = std::move(values);
  for (std::uint32_t& target : targets_) target = moved[target];
  return dropped;
}

void SeriesTable::drop_front(std::size_t rows) {
  rows = std::min(rows, times_.size());
  times_.erase(times_.begin(), times_.begin() + static_cast<std::ptrdiff_t>(rows));
  values_.erase(values_.begin(),
                values_.begin() + static_cast<std::ptrdiff_t>(rows * features_.size()));
  std::erase_if(data_rows_, [&](std::size_t row) { return row < rows; });
  for (std::size_t& row : data_rows_) row -= rows;
}

void SeriesTable::fill_gap(std::int64_t time) {
  if (times_.empty()) return;
  const std::int64_t distance = time - times_.back();
  // The first distance may be a gap; a smaller one found later would mean a finer grid, which an
  // aligner before the model rules out.
  if (step_ == 0) step_ = distance;
  if (distance % step_ != 0) {
    throw Fatal("rows are not on a regular grid (distances of " + std::to_string(step_) +
                " ns and " + std::to_string(distance) + " ns); put an aligner before the model");
  }
  const std::int64_t lacking = distance / step_ - 1;
  const auto most = static_cast<std::int64_t>(100000 + 10 * times_.size());
  if (lacking > most) {
    throw Fatal("a gap of " + std::to_string(lacking) +
                " rows is longer than the data before it can bear");
  }
  for (std::int64_t i = 0; i < lacking; ++i) {
    times_.push_back(times_.back() + step_);
    values_.insert(values_.end(), features_.size(), missing);
  }
}

void SeriesTable::add_row(std::int64_t time, const std::vector<const Column*>& columns,
                          std::size_t row) {
  if (!times_.empty() && time <= times_.back()) {
    ++unsorted_rows_;
    return;
  }
  fill_gap(time);
  data_rows_.push_back(times_.size());
  times_.push_back(time);
  for (const Column* column : columns)
    values_.push_back(column == nullptr ? missing : column->number(row));
}

}  // namespace weir::core
