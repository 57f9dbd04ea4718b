// SPDX-License-Identifier: Apache-2.0
#include "panel_tools.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>
#include <vector>

#include "script.hpp"
#include "text.hpp"

namespace weir::png_plotter {

namespace {

// A line that goes up and down in every pixel column would be a solid block.
constexpr double kDense = 0.5;

}  // namespace

void Extent::include(double value) {
  if (!std::isfinite(value)) return;
  low_ = std::fmin(low_, value);
  high_ = std::fmax(high_, value);
}

void Extent::include(std::span<const Point> points) {
  for (const Point& point : points) include(point.y);
}

Look look(std::size_t i) {
  static constexpr std::array<Color, 7> kColors{color::kBlue,   color::kVermilion, color::kGreen,
                                                color::kOrange, color::kPurple,    color::kSky,
                                                color::kGrey};
  return {kColors.at(i % kColors.size()),
          i % kLooks < kColors.size() ? Dash::kSolid : Dash::kDashed};
}

Panel time_panel(double low, double high, Size size) {
  Panel panel;
  panel.x = time_scale(low, high, time_tick_count(size));
  panel.x_label = "UTC";
  return panel;
}

void add_line(Panel& panel, std::span<const Point> points, Line line, Size size) {
  line.points = reduce_to_columns(points, panel.x.min, panel.x.max, plot_columns(size));
  if (line.points.size() > plot_columns(size)) line.width *= kDense;
  panel.lines.push_back(std::move(line));
}

void fit_y(Panel& panel, std::initializer_list<double> at_least) {
  Extent extent;
  auto in_sight = [&](double x) { return x >= panel.x.min && x <= panel.x.max; };
  for (const Line& line : panel.lines) {
    for (const Point& point : line.points) {
      if (in_sight(point.x)) extent.include(point.y);
    }
  }
  for (const Band& band : panel.bands) {
    for (const BandPoint& point : band.points) {
      if (!in_sight(point.x)) continue;
      extent.include(point.low);
      extent.include(point.high);
    }
  }
  if (extent.empty()) panel.note = "no data yet";
  for (const double value : at_least) extent.include(value);
  panel.y = round_scale(extent.low(), extent.high());
}

std::string with_unit(std::string_view name, std::string_view unit) {
  std::string result(name);
  if (!unit.empty()) result.append(", ").append(unit);
  return result;
}

std::string series_label(const Table& table, std::size_t row,
                         std::span<const std::string_view> except) {
  std::vector<std::pair<std::string_view, std::string_view>> tags;
  for (const Column& column : table.columns) {
    if (!column.is_tag || column.texts[row].empty()) continue;
    if (std::find(except.begin(), except.end(), column.name) != except.end()) continue;
    tags.emplace_back(column.name, column.texts[row]);
  }
  if (tags.size() == 1) return std::string(tags.front().second);
  std::string result;
  for (const auto& [name, value] : tags) {
    if (!result.empty()) result += ' ';
    result.append(name).append("=").append(value);
  }
  return result;
}

std::string FileNames::next(std::string_view kind, std::string_view label) {
  auto take = [&](const std::string& name) {
    std::string key = name;
    std::transform(key.begin(), key.end(), key.begin(), [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return used_.insert(std::move(key)).second;
  };
  const std::string plain(kind);
  if (take(plain)) return plain + ".png";
  const std::string named = plain + '-' + file_stem(label);
  if (take(named)) return named + ".png";
  for (int i = 2;; ++i) {
    const std::string numbered = named + '-' + std::to_string(i);
    if (take(numbered)) return numbered + ".png";
  }
}

}  // namespace weir::png_plotter
