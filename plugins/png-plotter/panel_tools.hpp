// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "chart.hpp"
#include "table.hpp"

// What the makers of several pictures share.
namespace weir::png_plotter {

// Grows to hold every value that it is shown.
class Extent {
 public:
  void include(double value);
  void include(std::span<const Point> points);
  [[nodiscard]] bool empty() const { return !(low_ <= high_); }
  // NaN if empty.
  [[nodiscard]] double low() const { return low_; }
  [[nodiscard]] double high() const { return high_; }

 private:
  double low_ = kMissing;
  double high_ = kMissing;
};

// The colour and dash of the i-th of several equal lines; fourteen differ.
struct Look {
  Color color = color::kInk;
  Dash dash = Dash::kSolid;
};
inline constexpr std::size_t kLooks = 14;
[[nodiscard]] Look look(std::size_t i);

// A panel over [low, high] seconds, its x axis labelled.
[[nodiscard]] Panel time_panel(double low, double high, Size size);

// Reduces the points to what the panel can show and adds them as a line.
void add_line(Panel& panel, std::span<const Point> points, Line line, Size size);

// A round y axis around all lines and bands in sight; a note if there are none. `at_least` values
// are in sight too.
void fit_y(Panel& panel, std::initializer_list<double> at_least = {});

// "rtt" and "ms" become "rtt, ms"; without a unit "rtt".
[[nodiscard]] std::string with_unit(std::string_view name, std::string_view unit);

// "a=1 b=2" of the row's tags, in the order of the columns, without those named in `except`. The
// name alone is left away where there is one tag.
[[nodiscard]] std::string series_label(const Table& table, std::size_t row,
                                       std::span<const std::string_view> except);

// Gives the first picture of a kind its plain name (forecast.png), the others forecast-<label>.png,
// never the same twice, compared without case.
class FileNames {
 public:
  [[nodiscard]] std::string next(std::string_view kind, std::string_view label);

 private:
  std::set<std::string> used_;
};

}  // namespace weir::png_plotter
