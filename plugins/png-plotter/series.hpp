// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

namespace weir::png_plotter {

// y is NaN where the value is missing.
struct Point {
  double x = 0;
  double y = 0;
  bool operator==(const Point&) const = default;
};

// A curve of bounded memory that keeps its extremes. Up to `max_points` points are kept as they
// came; from then on the smallest and the largest value of each stretch of x (bucket), whose width
// doubles as often as needed. A bucket that holds only missing values stays missing.
class BoundedSeries {
 public:
  // max_points: at least 16; smaller values are raised to that.
  explicit BoundedSeries(std::size_t max_points);

  // x may step backwards (late rows); y may be NaN.
  void add(double x, double y);

  // In ascending x.
  [[nodiscard]] std::vector<Point> points() const;
  [[nodiscard]] std::size_t size() const { return points_.size(); }
  // True if at least one value is not missing.
  [[nodiscard]] bool has_values() const { return has_values_; }
  // 0 while every point is kept as it came.
  [[nodiscard]] double bucket_width() const { return bucket_width_; }
  void clear();

 private:
  void thin_out();
  [[nodiscard]] double bucket_of(double x) const;

  std::size_t max_points_;
  std::vector<Point> points_;
  std::size_t bucket_begin_ = 0;  // first point of the newest bucket
  double bucket_width_ = 0;
  bool sorted_ = true;
  bool has_values_ = false;
};

// An evenly thinned sample of a stream, of bounded memory: all values, then every second, every
// fourth and so on. Count, mean and standard deviation are exact (Welford 1962).
class Sample {
 public:
  explicit Sample(std::size_t max_values);

  // Missing values are ignored.
  void add(double value);

  [[nodiscard]] const std::vector<double>& values() const { return values_; }
  [[nodiscard]] std::size_t count() const { return count_; }
  [[nodiscard]] double mean() const;
  // With n - 1 in the denominator; 0 for fewer than two values.
  [[nodiscard]] double standard_deviation() const;

 private:
  std::size_t max_values_;
  std::vector<double> values_;
  std::size_t count_ = 0;
  std::size_t stride_ = 1;
  double mean_ = 0;
  double squares_ = 0;
};

}  // namespace weir::png_plotter
