// SPDX-License-Identifier: Apache-2.0
#include "series.hpp"

#include <algorithm>
#include <cmath>

#include "reduce.hpp"
#include "table.hpp"

namespace weir::png_plotter {

namespace {

bool before(const Point& a, const Point& b) { return a.x < b.x; }

}  // namespace

BoundedSeries::BoundedSeries(std::size_t max_points)
    : max_points_(std::max<std::size_t>(max_points, 16)) {}

double BoundedSeries::bucket_of(double x) const { return std::floor(x / bucket_width_); }

void BoundedSeries::add(double x, double y) {
  if (!std::isfinite(x)) return;
  if (!std::isfinite(y)) y = kMissing;
  if (!points_.empty() && x < points_.back().x) sorted_ = false;
  has_values_ = has_values_ || !std::isnan(y);
  if (bucket_width_ > 0 && !points_.empty() && bucket_of(points_.back().x) != bucket_of(x)) {
    bucket_begin_ = points_.size();
  }
  points_.push_back({x, y});
  if (bucket_width_ > 0 && points_.size() - bucket_begin_ > 2) {
    const std::vector<Point> kept = extremes(std::span(points_).subspan(bucket_begin_));
    points_.resize(bucket_begin_);
    points_.insert(points_.end(), kept.begin(), kept.end());
  }
  if (points_.size() > max_points_) thin_out();
}

void BoundedSeries::thin_out() {
  points_ = points();
  sorted_ = true;
  const double span = points_.back().x - points_.front().x;
  if (span <= 0) {  // one instant, many values: its extremes say it all
    points_ = extremes(points_);
    bucket_begin_ = 0;
    return;
  }
  // Two points a bucket: a quarter as many buckets as points halves the series.
  bucket_width_ = std::max(2 * bucket_width_, span / (static_cast<double>(max_points_) / 4));
  points_ = reduce_buckets(points_, 0, bucket_width_);
  bucket_begin_ = points_.size();
  while (bucket_begin_ > 0 &&
         bucket_of(points_[bucket_begin_ - 1].x) == bucket_of(points_.back().x)) {
    --bucket_begin_;
  }
}

std::vector<Point> BoundedSeries::points() const {
  std::vector<Point> result = points_;
  if (!sorted_) std::stable_sort(result.begin(), result.end(), before);
  return result;
}

void BoundedSeries::clear() {
  const std::size_t max_points = max_points_;
  *this = BoundedSeries(max_points);
}

Sample::Sample(std::size_t max_values) : max_values_(std::max<std::size_t>(max_values, 16)) {}

void Sample::add(double value) {
  if (!std::isfinite(value)) return;
  if (count_ % stride_ == 0) {
    if (values_.size() == max_values_) {
      std::size_t kept = 0;
      for (std::size_t i = 0; i < values_.size(); i += 2) values_[kept++] = values_[i];
      values_.resize(kept);
      stride_ *= 2;
    }
    if (count_ % stride_ == 0) values_.push_back(value);
  }
  ++count_;
  const double delta = value - mean_;
  mean_ += delta / static_cast<double>(count_);
  squares_ += delta * (value - mean_);
}

double Sample::mean() const { return count_ == 0 ? kMissing : mean_; }

double Sample::standard_deviation() const {
  return count_ < 2 ? 0 : std::sqrt(squares_ / static_cast<double>(count_ - 1));
}

}  // namespace weir::png_plotter
