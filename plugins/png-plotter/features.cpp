// SPDX-License-Identifier: Apache-2.0
#include "features.hpp"

#include <algorithm>
#include <span>
#include <utility>

namespace weir::png_plotter {

namespace {

constexpr std::size_t kMostColumns = 64;
constexpr std::size_t kMostAside = 1000;
constexpr std::size_t kMostHistory = 4096;  // points a column: 64 kB

std::string listed(const std::vector<std::string>& names) {
  std::string result;
  for (std::size_t i = 0; i < std::min<std::size_t>(names.size(), 3); ++i) {
    result += (i == 0 ? "" : ", ") + names[i];
  }
  if (names.size() > 3) result += ", \u2026";
  return result;
}

}  // namespace

Features::Features(std::string measurement, std::size_t max_points, std::size_t max_columns)
    : measurement_(std::move(measurement)),
      max_points_(std::min(max_points, kMostHistory)),
      max_columns_(max_columns) {}

void Features::add_columns(const Table& table) {
  for (const Column& column : table.columns) {
    if (!column.is_number()) continue;
    const bool known = std::any_of(features_.begin(), features_.end(), [&](const Feature& feature) {
      return feature.name == column.name;
    });
    if (known) continue;
    if (features_.size() == kMostColumns) {
      if (left_aside_.size() < kMostAside) left_aside_.insert(column.name);
      continue;
    }
    features_.push_back({column.name, column.field, BoundedSeries(max_points_)});
    correlation_.add_column();
  }
}

void Features::add(const Table& table) {
  add_columns(table);
  const std::vector<double> absent(table.rows(), kMissing);
  std::vector<std::span<const double>> columns;
  for (Feature& feature : features_) {
    const Column* column = table.find(feature.name);
    const bool there = column != nullptr && column->is_number();
    columns.emplace_back(there ? column->numbers : absent);
    for (std::size_t row = 0; row < table.rows(); ++row) {
      feature.series.add(table.time[row], columns.back()[row]);
    }
  }
  correlation_.add(columns);
  rows_ += table.rows();
}

const BoundedSeries* Features::history(std::string_view field, std::string_view series) const {
  const std::string pivoted = std::string(field) + '[' + std::string(series) + ']';
  const std::string ending = '.' + std::string(field);
  auto only = [&](auto fits) -> const BoundedSeries* {
    const BoundedSeries* found = nullptr;
    for (const Feature& feature : features_) {
      if (!fits(feature)) continue;
      if (found != nullptr) return nullptr;
      found = &feature.series;
    }
    return found;
  };
  if (const auto* same = only([&](const Feature& f) { return f.name == field; })) return same;
  if (const auto* one = only([&](const Feature& f) { return f.name.ends_with(pivoted); }))
    return one;
  if (const auto* one = only([&](const Feature& f) { return f.name.ends_with(ending); }))
    return one;
  return only([&](const Feature& f) { return f.field == field; });
}

std::vector<Picture> Features::pictures(Size) const {
  std::vector<std::size_t> shown;
  std::vector<std::string> constant;
  std::size_t too_many = left_aside_.size();
  for (std::size_t i = 0; i < features_.size(); ++i) {
    if (correlation_.constant(i)) {
      constant.push_back(features_[i].name);
    } else if (shown.size() == max_columns_) {
      ++too_many;
    } else {
      shown.push_back(i);
    }
  }
  if (shown.size() < 2) return {};
  Chart chart;
  chart.title = "Correlation of features";
  if (!measurement_.empty()) chart.title += ": " + measurement_;
  chart.subtitle = "Pearson's r over " + std::to_string(rows_) + " rows";
  if (too_many > 0) {
    chart.subtitle += " \u00b7 the first " + std::to_string(shown.size()) + " columns, " +
                      std::to_string(too_many) + " more left out";
  }
  if (!constant.empty()) {
    chart.subtitle += " \u00b7 " + std::to_string(constant.size()) +
                      " constant or empty left out: " + listed(constant);
  }
  for (const std::size_t row : shown) {
    chart.heat_map.names.push_back(features_[row].name);
    for (const std::size_t column : shown) {
      chart.heat_map.cells.push_back(correlation_.at(row, column));
    }
  }
  return {{"correlation.png", std::move(chart)}};
}

}  // namespace weir::png_plotter
