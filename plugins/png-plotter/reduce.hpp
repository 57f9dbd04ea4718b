// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "series.hpp"

namespace weir::png_plotter {

// The point of the smallest and the point of the largest value, in the order of x; one point if
// they are the same; one missing point if every value is missing; nothing for nothing.
[[nodiscard]] std::vector<Point> extremes(std::span<const Point> points);

// The extremes of every bucket [origin + k·width, origin + (k+1)·width). Points in ascending x,
// width > 0.
[[nodiscard]] std::vector<Point> reduce_buckets(std::span<const Point> points, double origin,
                                                double width);

// At most two points for each of `columns` pixel columns between x_min and x_max: what a line
// through all points would have inked. Few enough points come back as they are. Points outside
// are dropped, except the nearest on either side, so that lines run on to the frame.
[[nodiscard]] std::vector<Point> reduce_to_columns(std::span<const Point> points, double x_min,
                                                   double x_max, std::size_t columns);

struct BandPoint {
  double x = 0;
  double low = 0;   // NaN: a gap
  double high = 0;  // NaN: a gap
  bool operator==(const BandPoint&) const = default;
};

// Joins two edges of a band. Where both have the same x, point by point; else the lowest low and
// the highest high of each pixel column.
[[nodiscard]] std::vector<BandPoint> band(std::span<const Point> low, std::span<const Point> high,
                                          double x_min, double x_max, std::size_t columns);

// Puts a missing point into every hole that is wider than five usual distances (the median), so
// that no line is drawn across a time that nobody measured. `least`: holes up to this width are
// none.
[[nodiscard]] std::vector<Point> break_at_holes(std::vector<Point> points, double least = 0);

}  // namespace weir::png_plotter
