// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "chart.hpp"

// Where the parts of a picture lie, in pixels from its lower left corner.
namespace weir::png_plotter {

inline constexpr int kLeft = 84;     // room for the numbers and the name of the y axis
inline constexpr int kRight = 40;    // half a time of day stands beyond the frame
inline constexpr int kHeading = 66;  // title and subtitle
inline constexpr int kLegendRow = 20;
inline constexpr int kLegendKey = 26;  // the line or box before a legend's text
inline constexpr int kAxisRoom = 46;   // two lines of tick labels under each panel

struct LegendEntry {
  std::string title;
  Color color = 0;
  Dash dash = Dash::kSolid;
  bool filled = false;  // a box, not a line
  double opacity = 1;   // of the box
  double x = 0;         // left end of the key
  double y = 0;         // middle of the row
};

// The frame of a panel's plot and the legend above it.
struct PanelBox {
  double left = 0, right = 0, bottom = 0, top = 0;
  std::vector<LegendEntry> legend;
};

// From top to bottom, heights by weight, each with as many legend rows as its titles need.
[[nodiscard]] std::vector<PanelBox> stack_panels(const std::vector<Panel>& panels, Size size);

struct HeatMapBox {
  double left = 0, right = 0, bottom = 0, top = 0;
  std::size_t name_length = 3;  // characters a name may have
  int name_points = 10;         // font sizes
  int cell_points = 10;         // 0: the cells are too small for numbers
  bool whole_numbers = true;    // "0.57"; else ".57"
};

[[nodiscard]] HeatMapBox place_heat_map(const HeatMap& map, Size size);

}  // namespace weir::png_plotter
