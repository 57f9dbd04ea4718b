// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "reduce.hpp"
#include "series.hpp"
#include "ticks.hpp"

// What a picture shows, with no word about how it is drawn. Every text may hold anything at all:
// the script writer quotes it.
namespace weir::png_plotter {

// 0xAARRGGBB; alpha 0 is opaque, 255 invisible.
using Color = std::uint32_t;

// The palette of Okabe and Ito (2008), which people with any colour vision can tell apart.
namespace color {
inline constexpr Color kInk = 0x00333333;
inline constexpr Color kGrey = 0x00777777;
inline constexpr Color kOrange = 0x00E69F00;
inline constexpr Color kSky = 0x0056B4E9;
inline constexpr Color kGreen = 0x00009E73;
inline constexpr Color kBlue = 0x000072B2;
inline constexpr Color kVermilion = 0x00D55E00;
inline constexpr Color kPurple = 0x00CC79A7;
}  // namespace color

enum class Dash { kSolid, kDashed, kDotted };

struct Line {
  std::string title;  // empty: not in the legend
  std::vector<Point> points;
  Color color = color::kInk;
  double width = 1.8;
  Dash dash = Dash::kSolid;
  bool dots = false;  // a dot on every point, not only on lonely ones
};

struct Band {
  std::string title;
  std::vector<BandPoint> points;
  Color color = color::kSky;
  double opacity = 0.37;
};

struct Bar {
  double left = 0;
  double right = 0;
  double height = 0;
};

struct Bars {
  std::string title;
  std::vector<Bar> bars;
  Color color = color::kSky;
};

// A vertical line through the whole panel, its label at the top. `to_left`: the label stands left
// of it.
struct Mark {
  double x = 0;
  std::string label;
  Color color = color::kInk;
  Dash dash = Dash::kDashed;
  bool to_left = false;
  int row = 0;  // labels of neighbours stand in different rows
};

struct Panel {
  std::string x_label;
  std::string y_label;
  Scale x;
  Scale y;
  bool log_y = false;
  double weight = 1;  // share of the height
  std::vector<Band> bands;
  std::vector<Bars> bars;
  std::vector<Line> lines;
  std::vector<Mark> marks;
  std::string note;  // in the middle of the panel, e.g. "no data yet"
};

// Cell (row, column) is cells[row * names.size() + column]; NaN: cannot be said.
struct HeatMap {
  std::vector<std::string> names;
  std::vector<double> cells;
};

struct Chart {
  std::string title;
  std::string subtitle;
  std::vector<Panel> panels;  // from top to bottom
  HeatMap heat_map;           // drawn if there are no panels
};

struct Size {
  int width = 1200;  // pixels
  int height = 700;
  bool operator==(const Size&) const = default;
};

// A chart and the file it belongs into, e.g. "forecast.png".
struct Picture {
  std::string file_name;
  Chart chart;
};

}  // namespace weir::png_plotter
