// SPDX-License-Identifier: Apache-2.0
#include "reduce.hpp"

#include <algorithm>
#include <cmath>

#include "table.hpp"

namespace weir::png_plotter {

namespace {

bool left_of(const Point& point, double x) { return point.x < x; }
bool right_of(double x, const Point& point) { return x < point.x; }

// The points within [x_min, x_max] and one more on either side.
std::span<const Point> clip(std::span<const Point> points, double x_min, double x_max) {
  auto first = std::lower_bound(points.begin(), points.end(), x_min, left_of);
  auto last = std::upper_bound(first, points.end(), x_max, right_of);
  if (first != points.begin()) --first;
  if (last != points.end()) ++last;
  return {first, last};
}

bool same_positions(std::span<const Point> a, std::span<const Point> b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const Point& p, const Point& q) { return p.x == q.x; });
}

}  // namespace

std::vector<Point> extremes(std::span<const Point> points) {
  const Point* least = nullptr;
  const Point* most = nullptr;
  for (const Point& point : points) {
    if (std::isnan(point.y)) continue;
    if (least == nullptr || point.y < least->y) least = &point;
    if (most == nullptr || point.y > most->y) most = &point;
  }
  if (least == nullptr) return {points.begin(), points.begin() + (points.empty() ? 0 : 1)};
  if (least == most) return {*least};
  if (least < most) return {*least, *most};
  return {*most, *least};
}

std::vector<Point> reduce_buckets(std::span<const Point> points, double origin, double width) {
  std::vector<Point> result;
  std::size_t begin = 0;
  while (begin < points.size()) {
    const double bucket = std::floor((points[begin].x - origin) / width);
    std::size_t end = begin + 1;
    while (end < points.size() && std::floor((points[end].x - origin) / width) == bucket) ++end;
    const std::vector<Point> kept = extremes(points.subspan(begin, end - begin));
    result.insert(result.end(), kept.begin(), kept.end());
    begin = end;
  }
  return result;
}

std::vector<Point> reduce_to_columns(std::span<const Point> points, double x_min, double x_max,
                                     std::size_t columns) {
  const std::span<const Point> visible = clip(points, x_min, x_max);
  if (columns == 0 || x_max <= x_min || visible.size() <= 2 * columns) {
    return {visible.begin(), visible.end()};
  }
  return reduce_buckets(visible, x_min, (x_max - x_min) / static_cast<double>(columns));
}

std::vector<BandPoint> band(std::span<const Point> low, std::span<const Point> high, double x_min,
                            double x_max, std::size_t columns) {
  const std::span<const Point> lows = clip(low, x_min, x_max);
  const std::span<const Point> highs = clip(high, x_min, x_max);
  std::vector<BandPoint> result;
  if (columns == 0 || x_max <= x_min) return result;
  if (lows.size() <= 2 * columns && same_positions(lows, highs)) {
    for (std::size_t i = 0; i < lows.size(); ++i) {
      const bool gap = std::isnan(lows[i].y) || std::isnan(highs[i].y);
      result.push_back({lows[i].x, gap ? kMissing : lows[i].y, gap ? kMissing : highs[i].y});
    }
    return result;
  }
  const double width = (x_max - x_min) / static_cast<double>(columns);
  auto bucket_of = [&](const Point& p) { return std::floor((p.x - x_min) / width); };
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < lows.size() || j < highs.size()) {
    double bucket = 0;
    if (i == lows.size()) {
      bucket = bucket_of(highs[j]);
    } else if (j == highs.size()) {
      bucket = bucket_of(lows[i]);
    } else {
      bucket = std::min(bucket_of(lows[i]), bucket_of(highs[j]));
    }
    BandPoint point{x_min + (bucket + 0.5) * width, kMissing, kMissing};
    for (; i < lows.size() && bucket_of(lows[i]) == bucket; ++i) {
      point.low = std::fmin(point.low, lows[i].y);
    }
    for (; j < highs.size() && bucket_of(highs[j]) == bucket; ++j) {
      point.high = std::fmax(point.high, highs[j].y);
    }
    if (std::isnan(point.low) || std::isnan(point.high)) point.low = point.high = kMissing;
    result.push_back(point);
  }
  return result;
}

std::vector<Point> break_at_holes(std::vector<Point> points, double least) {
  if (points.size() < 8) return points;
  std::vector<double> distances;
  for (std::size_t i = 1; i < points.size(); ++i) {
    distances.push_back(points[i].x - points[i - 1].x);
  }
  const auto middle = distances.begin() + static_cast<std::ptrdiff_t>(distances.size() / 2);
  std::nth_element(distances.begin(), middle, distances.end());
  const double limit = std::max(5 * *middle, least);
  if (limit <= 0) return points;
  std::vector<Point> result;
  result.reserve(points.size());
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (i > 0 && points[i].x - points[i - 1].x > limit) {
      result.push_back({(points[i].x + points[i - 1].x) / 2, kMissing});
    }
    result.push_back(points[i]);
  }
  return result;
}

}  // namespace weir::png_plotter
