// SPDX-License-Identifier: Apache-2.0
#include "statistics.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "table.hpp"

namespace weir::png_plotter {

namespace {

double sorted_quantile(const std::vector<double>& sorted, double p) {
  if (sorted.empty()) return kMissing;
  const double place = p * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(std::floor(place));
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (place - std::floor(place)) * (sorted[above] - sorted[below]);
}

}  // namespace

double quantile(std::vector<double> values, double p) {
  std::sort(values.begin(), values.end());
  return sorted_quantile(values, p);
}

Histogram histogram(std::span<const double> values) {
  Histogram result;
  if (values.empty()) return result;
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  double low = sorted_quantile(sorted, 0.005);
  double high = sorted_quantile(sorted, 0.995);
  if (sorted.back() - sorted.front() < 1.5 * (high - low) || high <= low) {
    low = sorted.front();
    high = sorted.back();
  }
  if (high <= low) {  // one value only: one bin of a width that the eye can see
    const double margin = low == 0 ? 0.5 : 0.05 * std::abs(low);
    low -= margin;
    high += margin;
  }
  const double middle_half = sorted_quantile(sorted, 0.75) - sorted_quantile(sorted, 0.25);
  const double wanted = 2 * middle_half / std::cbrt(static_cast<double>(sorted.size()));
  const double bins = wanted > 0 ? std::ceil((high - low) / wanted) : 10;
  const auto count = static_cast<std::size_t>(std::clamp(bins, 10.0, 60.0));
  result.low = low;
  result.width = (high - low) / static_cast<double>(count);
  result.counts.resize(count);
  for (const double value : sorted) {
    if (value < low) {
      ++result.below;
    } else if (value > high) {
      ++result.above;
    } else {
      const auto bin = static_cast<std::size_t>((value - low) / result.width);
      ++result.counts[std::min(bin, count - 1)];
    }
  }
  return result;
}

Correlation::Correlation(std::size_t columns) {
  for (std::size_t i = 0; i < columns; ++i) add_column();
}

void Correlation::add_column() {
  pairs_.resize(pairs_.size() + columns_);
  ranges_.emplace_back();
  ++columns_;
}

std::size_t Correlation::index(std::size_t row, std::size_t column) const {
  return row * (row - 1) / 2 + column;
}

Correlation::Pair Correlation::moments(std::span<const double> x, std::span<const double> y) {
  Pair pair;
  const std::size_t rows = std::min(x.size(), y.size());
  for (std::size_t i = 0; i < rows; ++i) {
    if (std::isnan(x[i]) || std::isnan(y[i])) continue;
    pair.count += 1;
    pair.mean_x += x[i];
    pair.mean_y += y[i];
  }
  if (pair.count == 0) return pair;
  pair.mean_x /= pair.count;
  pair.mean_y /= pair.count;
  for (std::size_t i = 0; i < rows; ++i) {
    if (std::isnan(x[i]) || std::isnan(y[i])) continue;
    const double dx = x[i] - pair.mean_x;
    const double dy = y[i] - pair.mean_y;
    pair.xx += dx * dx;
    pair.yy += dy * dy;
    pair.xy += dx * dy;
  }
  return pair;
}

void Correlation::merge(Pair& into, const Pair& from) {
  if (from.count == 0) return;
  const double count = into.count + from.count;
  const double dx = from.mean_x - into.mean_x;
  const double dy = from.mean_y - into.mean_y;
  const double weight = into.count * from.count / count;
  into.xx += from.xx + dx * dx * weight;
  into.yy += from.yy + dy * dy * weight;
  into.xy += from.xy + dx * dy * weight;
  into.mean_x += dx * from.count / count;
  into.mean_y += dy * from.count / count;
  into.count = count;
}

void Correlation::add(std::span<const std::span<const double>> columns) {
  if (columns.size() != columns_) throw std::invalid_argument("correlation: column count changed");
  for (std::size_t i = 0; i < columns_; ++i) {
    Range& range = ranges_[i];
    for (const double value : columns[i]) {
      if (std::isnan(value)) continue;
      range.least = range.any ? std::min(range.least, value) : value;
      range.most = range.any ? std::max(range.most, value) : value;
      range.any = true;
    }
    for (std::size_t j = 0; j < i; ++j) {
      merge(pairs_[index(i, j)], moments(columns[i], columns[j]));
    }
  }
}

double Correlation::at(std::size_t row, std::size_t column) const {
  if (row == column) return constant(row) ? kMissing : 1;
  if (row < column) std::swap(row, column);
  const Pair& pair = pairs_[index(row, column)];
  if (pair.count < 3 || pair.xx <= 0 || pair.yy <= 0) return kMissing;
  return std::clamp(pair.xy / std::sqrt(pair.xx) / std::sqrt(pair.yy), -1.0, 1.0);
}

bool Correlation::constant(std::size_t column) const {
  const Range& range = ranges_[column];
  return !range.any || range.least == range.most;
}

}  // namespace weir::png_plotter
